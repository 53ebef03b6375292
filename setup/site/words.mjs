/** What the site says itself, in each of its languages. */
export const WORDS = {
  en: {
    lang: "en",
    site: "vitlab",
    title: "The Vision Transformer, cell by cell",
    about:
      "What a Transformer is, how one sees, how it is trained, and what goes on inside: in TypeScript, with every number made by a cell that you can read. Each page is a notebook as it ran.",
    contents: "All notebooks",
    skip: "To the text",
    learns: "You will learn",
    onThisPage: "On this page",
    previous: "Previous",
    next: "Next",
    theme: "Light or dark",
    languages: "Language",
    untranslated: "",
    explorerTitle: "Look inside",
    explorer: (model) =>
      `${model} with ten drawn images, alive: it computes in this page. Point at a patch to see what it reads; paint patches out, switch heads off, open a step to see its formula.`,
    explorerAlone: "Open it on a page of its own",
    explorerFrame: (model) => `The explorer of ${model}`,
    control: "A control, which needs a kernel: run the notebook to use it.",
    ran: (notebook) =>
      `This page is <code>${notebook}</code> as it ran. To change it and run it: <code>npm start</code>.`,
    run: "To change the notebooks and run them: <code>npm start</code>.",
    articleTable: "The article, section by section",
  },
  zh: {
    lang: "zh-CN",
    site: "vitlab",
    title: "一格一格读懂 Vision Transformer",
    about:
      "Transformer 是什么，它怎样看图像，怎样训练，内部发生了什么：全部用 TypeScript 写成，每个数字都出自一个读得到的单元格。每一页都是一本运行过的笔记本。",
    contents: "全部笔记本",
    skip: "跳到正文",
    learns: "你将学到",
    onThisPage: "本页内容",
    previous: "上一篇",
    next: "下一篇",
    theme: "浅色或深色",
    languages: "语言",
    untranslated: "（英文）",
    explorerTitle: "看看内部",
    explorer: (model) =>
      `${model} 和十幅绘制的图像，就在本页中实时计算：指向一个图像块，看它读取了什么；涂掉图像块，关掉注意力头，打开任何一步，看它的公式。`,
    explorerAlone: "在单独的页面中打开",
    explorerFrame: (model) => `${model} 的探索面板`,
    control: "这是一个控件，需要内核：运行笔记本即可使用。",
    ran: (notebook) => `本页是运行过的 <code>${notebook}</code>。想修改并运行它：<code>npm start</code>。`,
    run: "想修改并运行这些笔记本：<code>npm start</code>。",
    articleTable: "逐节对照文章",
  },
};

/** The languages' own names, as a reader of each looks for them. */
export const LANGUAGES = { en: "English", zh: "中文" };
