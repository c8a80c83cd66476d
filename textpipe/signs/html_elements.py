"""The elements of HTML, of today and of earlier versions and browsers."""

_BLOCKS = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html isindex layer"
    " legend li listing main menu nav ol optgroup option p plaintext pre search section select summary"
    " table tbody td textarea tfoot th thead title tr ul xmp"
)
_OTHERS = (
    "a abbr acronym applet area audio b base basefont bdi bdo bgsound big blink button canvas cite code"
    " col colgroup command data datalist del dfn em embed font frame i iframe ilayer image img input ins"
    " kbd keygen label link map mark marquee math meta meter multicol nextid nobr noembed noframes nolayer"
    " noscript object output param path picture portal progress q rb rp rt rtc ruby s samp script server"
    " slot small source spacer span strike strong style sub sup svg template time track tt u var video wbr"
)
BLOCKS = frozenset(_BLOCKS.split())
"""Those that divide the words before them from the words after them."""

KNOWN = BLOCKS | frozenset(_OTHERS.split())
