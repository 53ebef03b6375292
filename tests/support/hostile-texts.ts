/** Labels, titles and file names as someone might choose them who means no good, or has bad luck. */
export const hostileTexts: readonly string[] = [
  "\u001b[31mred\u001b[0m",
  "\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "\u009b2Jcleared",
  "two\r\nlines",
  "back\u0008\u0008\u0008\u0008cat",
  "separated\u2028and\u2029again",
  "\u202eover\u202c\u2066isolated\u2069",
  "nul\u0000nul",
  "half \ud800 surrogate",
  "other half \udc00",
  "no \ufffe character \uffff",
  "<script>alert(1)</script>",
  '<a href="https://evil.example">here</a>',
  "<b>bold</b><br>&lt;i&gt; &amp; &#65; \"quoted\" 'too'",
  "]]></text><image href='https://evil.example/x.png'/>",
  "[here](https://evil.example) ![x](https://evil.example/x.png)",
  "www.evil.example and me@evil.example",
  "`code` ``more`` | *star* _under_ # x",
  "$\\href{https://evil.example}{x}$ %{x} %{customdata}",
  "",
  " ",
];

/** What a terminal obeys, or what isn't one line. */
export const TERMINAL_ACTIVE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
