"""Documents that laws are tried on."""

EXAMPLES = (
    "The parcel of your neighbour has arrived , please come and fetch it .",
    "WIN a free cruise now !!! Reply with YES to claim the free cruise",
    "Shall we meet at the lake at 7 ? I will bring the boat and the dog .",
    "",
    "Your account is locked . Claim your free money now and win 500 more",
    "Die Kinder spielten im Garten , während der Hund schlief .",
    "the dog and the boat and the lake and the neighbour",
    "free money free cruise win win win",
)
"""Small documents, every second of them of the label "b"; one is empty."""

HOSTILE = {
    "an empty text": "",
    "white space only": " \t\r\n\u00a0\u2003 ",
    "a NUL byte": "before\x00after \x00",
    "control characters": "\x01\x02\x1b[31m red \x7f\x85",
    "a number of 5,000 digits": "7" * 5000,
    "punctuation only": "?! ... ,,, --- ((( )))",
    "300 combining marks on one letter": "e" + "\u0301" * 300 + " nai\u0308ve",
    "emoji": "👩‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️ text",
    "right to left": "\u202eשלום עולם\u202c مرحبا بالعالم",
    "no spaces between words": "我爱自然语言处理。",
    "one word of 100,000 letters": "a" * 100_000,
    "lone surrogates": "broken \ud83d and \udc00 halves",
    "letters whose case changes their length": "İstanbul STRASSE straße ﬁne ǅ",
    "noncharacters and a byte order mark": "\ufeffword \uffff \U0010ffff",
    "unclosed markup": "<div><p <a href='x' & &amp; &#x110000; <!-- <script>if (a<b)",
}
"""Texts that break naive code, by what they are."""
