import { language } from "../base/language";

/**
 * What explanations say of themselves, phrase by phrase. Their fields stay English, for programs that read them; a figure
 * says the same in the reader's language. `$1` is said anew.
 */
const PHRASES: readonly (readonly [english: RegExp, chinese: string])[] = [
  // Methods.
  [/^attention rollout$/i, "注意力展开（attention rollout）"],
  [/^gradient-weighted relevance$/i, "梯度加权相关性"],
  [/^gradient x attention of (.+)$/i, "梯度 × $1的注意力"],
  [/^attention x norm of values$/i, "注意力 × 值的范数"],
  [/^attention entropy of (.+)$/i, "$1的注意力熵"],
  [/^attention weights of (.+)$/i, "$1的注意力权重"],
  [/^attention weights to (.+)$/i, "指向$1的注意力权重"],
  [/^attention scores of (.+)$/i, "$1的注意力分数"],
  [/^attention scores to (.+)$/i, "指向$1的注意力分数"],
  [/^mean attention distance$/i, "平均注意力距离"],
  [/^similarity of position embeddings$/i, "位置编码的相似度"],
  [/^similarity to (.+) (after block \d+|in the embeddings)$/i, "与$1的相似度（$2）"],
  [/^principal components of the tokens (.+)$/i, "标记的主成分（$1）"],
  [/^principal components of the patch embedding's filters$/i, "图像块嵌入滤波器的主成分"],
  [/^filters of the patch embedding$/i, "图像块嵌入的滤波器"],
  [/^norm of the residual stream$/i, "残差流的范数"],
  [/^logit lens$/i, "logit 透镜（logit lens）"],
  [/^direct logit attribution$/i, "logit 的直接归因"],
  [/^direct logit attribution of heads$/i, "注意力头对 logit 的直接归因"],
  [/^by source$/i, "按来源"],
  [/^occlusion by (\S+) pixels of the mean color$/i, "用平均颜色遮挡 $1 像素"],
  [/^occlusion by (\S+) pixels of a color$/i, "用一种颜色遮挡 $1 像素"],
  [/^drop by knock-out of (.+)$/i, "关闭$1后的下降"],
  [/^logits after knock-out of (.+)$/i, "关闭$1后的 logit"],
  [/^activation patching of (.+)$/i, "激活修补：$1"],
  [/^deletion curve by (.+)$/i, "按$1删除的曲线"],
  [/^insertion curve by (.+)$/i, "按$1插入的曲线"],
  [/^random map$/i, "随机图"],
  [/^edges \(Sobel\)$/i, "边缘（Sobel）"],
  // What goes with a method.
  [/^mean of heads$/i, "各头取均值"],
  [/^max of heads$/i, "各头取最大"],
  [/^min of heads$/i, "各头取最小"],
  [/^smallest (\S+) discarded$/i, "舍去最小的 $1"],
  [/^mean of (\d+) heads$/i, "$1 个头的均值"],
  [/^among patches alone$/i, "只在图像块之间"],
  [/^signed$/i, "带符号"],
  [/^seed (\d+)$/i, "种子 $1"],
  [/^after block (\d+)$/i, "编码器块 $1 之后"],
  [/^in the embeddings$/i, "嵌入处"],
  // Places.
  [/^(?:the )?class token$/i, "分类标记"],
  [/^(?:the )?distillation token$/i, "蒸馏标记"],
  [/^all tokens$/i, "所有标记"],
  [/^patch (\d+)$/i, "图像块 $1"],
  [/^head (\d+)$/i, "头 $1"],
  [/^block (\d+)$/i, "编码器块 $1"],
  [/^block (\d+) (.+)$/i, "编码器块 $1 $2"],
  [/^image (\d+)$/i, "图像 $1"],
  [/^epoch (\d+)$/i, "轮次 $1"],
  [/^token (\d+)$/i, "标记 $1"],
  [/^class (\d+)$/i, "类别 $1"],
  [/^part (\d+)$/i, "部分 $1"],
  [/^embeddings$/i, "嵌入"],
  [/^heads$/i, "注意力头"],
  [/^blocks$/i, "编码器块"],
  // Units.
  [/^share of attention$/i, "注意力份额"],
  [/^score before the softmax$/i, "softmax 之前的分数"],
  [/^relevance$/i, "相关性"],
  [/^not normalized$/i, "未归一化"],
  [/^probability$/i, "概率"],
  [/^pixels$/i, "像素"],
  [/^nats$/i, "奈特（nats）"],
  [/^cosine$/i, "余弦"],
  [/^length$/i, "长度"],
  [/^length in the residual stream$/i, "残差流中的长度"],
  [/^length along the component$/i, "沿主成分的长度"],
  [/^loading$/i, "载荷"],
  [/^weight$/i, "权重"],
  [/^share recovered$/i, "恢复的比例"],
  [/^drop of (.+)$/i, "$1的下降"],
  [/^the class's (.+)$/i, "该类别的$1"],
  // Axes.
  [/^state$/i, "状态"],
  [/^token$/i, "标记"],
  [/^query$/i, "查询"],
  [/^key$/i, "键"],
  [/^block$/i, "编码器块"],
  [/^head$/i, "注意力头"],
  [/^class$/i, "类别"],
  [/^patches$/i, "图像块数"],
  [/^step$/i, "步"],
  [/^epoch$/i, "轮次"],
  [/^model$/i, "模型"],
];

/** What an explanation says, as a figure says it: in the language of what is shown. A phrase that isn't known stays. */
export function explanationWords(english: string): string {
  return language() === "en" ? english : english.split("; ").map(clauses).join("；");
}

function clauses(text: string): string {
  return text.split(", ").map(phrase).join("，");
}

function phrase(text: string): string {
  for (const [english, chinese] of PHRASES) {
    const found = english.exec(text);
    if (!found) continue;
    const said = chinese.replace(/\$(\d)/g, (_, group: string) => phrase(found[Number(group)] ?? ""));
    // A number stands apart from the word after it.
    return said.replace(/(\d)(?=\p{Script=Han})/gu, "$1 ");
  }
  return text;
}
