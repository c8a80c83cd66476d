"""HTML -> how often it does what mail does to hide something."""

from __future__ import annotations

from textpipe.documents import Documents
from textpipe.signs.counting import with_counts
from textpipe.signs.html_reading import HtmlSigns
from textpipe.signs.markup import is_html
from textpipe.stage import Stage


class HtmlTricks(Stage):
    """How often a document's HTML does what filters are fooled with; the text stays as it is.

    Regions of kind "html" are read, and those of unknown kind that hold tags of elements that exist.
    Hidden text (``display: none``, zero font, ``hidden``) is counted by ``clean_html``; put this stage
    before it, for ``clean_html`` takes the mark-up away. Style sheets are not evaluated.

    Counts of characters (without white space):
        same_colour_characters: in a colour that cannot be told from the background (contrast up to 1.1)
        low_contrast_characters: in one that hardly can (1.1 to 1.5)
        tiny_characters: in letters of at most 3 pixels, 0 included

    Counts of occurrences:
        split_words: words with a comment, an empty element or an unknown tag inside: ``Vi<b></b>agra``
        letter_references: ASCII letters and digits written as numbers: ``&#86;``
        comments, unclosed_comments
        unknown_tags: of elements that HTML never had (names with a colon, as Office writes, are none)
        stray_end_tags: ends of what was not open
        unclosed_tags: elements left open that must be closed
        scripts, event_handlers (``onclick`` ...), forms, password_fields, iframes (and frames),
        embedded_objects (object, embed, applet), meta_refreshes, base_tags
        images, linked_images, tracking_pixels (at most 1 x 1, or one side 0), data_images
        zero_boxes: tables, cells, blocks and frames of width or height 0

    Shares, whole per cent:
        broken_tag_percent: of all tags, those that are unknown, stray or unclosed
        image_percent: of the area that text and images take, the images' (a character 100 square pixels,
            an image of unknown size 10,000, none more than 1,000,000)
    And ``image_instead_of_text``: 1 if there are images and fewer than 100 characters.

    Reads text, writes text, which it leaves unchanged. Time is linear in the text, whatever the text is.
    Raises nothing. Source: what SpamAssassin (HTML_*) and Rspamd (html rules) look at; contrast: WCAG
    2.2; the reading of tags: the HTML standard, section 13.2.5.

    >>> tricks = HtmlTricks().transform(["<body bgcolor=white>Vi<b></b>agra <font color=#fefefe>cat</font>"])
    >>> {name: column.tolist() for name, column in sorted(tricks.counts.items())}
    {'html_tricks.same_colour_characters': [3], 'html_tricks.split_words': [1]}
    """

    reads = ("text",)
    writes = ("text",)

    def apply(self, documents: Documents) -> Documents:
        counted = []
        for regions in documents.documents_regions():
            signs = HtmlSigns()
            for kind, text in regions:
                if is_html(kind, text):
                    signs.read(text)
            counted.append(signs.counts())
        return with_counts(documents, self.name(), counted)
