"""Mails, whole: from raw bytes to headers, texts, parts and attachments, and each defect by its name.

:class:`Mail` is total: whatever the bytes are, it gives a result, and what is broken stands in
``Mail.defects``, as ``kind`` or ``kind: detail``:

============================================  ==========================================================
kind                                          what it means, and what is done
============================================  ==========================================================
empty mail                                    nothing but white space
no header                                     the first line is no header line; all is taken as the body
no empty line after the header                the body begins where a line is no header line
repeated header: NAME                         NAME stands more than once, and must not; the first counts
header not in ASCII                           8-bit characters; read as UTF-8, else as cp1252
unknown charset in a header                   an encoded word names one; read as UTF-8, else as cp1252
damaged base64 in a header                    an encoded word's length cannot be; the rest is read
content type that is none                      it is none (``text``, ``html``); taken as text/plain
multipart without a boundary                  its body is taken as one plain text
multipart whose boundary never comes          its body is taken as one plain text
multipart that is not closed                  its last part reaches to the end
multipart with a transfer encoding            which must not be; it was decoded to find the parts
unknown transfer encoding: NAME               the body is taken as it stands
transfer encoding that is none: NAME          the body is plainly not encoded so; taken as it stands
damaged base64                                a length that cannot be, or a text after the end (kept)
uuencoded file that is not closed             it has no end line; taken up to the last line that fits
unknown charset: NAME                         the text is read as UTF-8, else as cp1252
8-bit text without a charset                  likewise
text that does not fit its charset            read as UTF-8, else with U+FFFD, else as cp1252
NUL bytes                                     in a text; they are kept
path in an attachment name                    it names folders; only the last piece is shown
bidi override in an attachment name           it turns the order of what is read; written out
control character in an attachment name       written out
attachment name too long                      its middle is not shown
damaged archive                               the names that can be found are listed
encrypted archive                             files in a zip are encrypted
============================================  ==========================================================

What goes beyond a limit (:class:`Limits`) is a defect too:

============================================  ==========================================================
mail too large                                ``size``; the rest is not read
too many header lines                         ``header_lines``; the rest is taken as the body
header too long                               ``header_value``; the rest of the value is not read
parts nested too deep                         ``depth``; taken as they stand, as one plain text
too many parts                                ``parts``; the rest is taken as it stands
too many false boundaries                     100,000 lines; what follows belongs to the last part
mails within mails too large                  ``size``, decoded again and again; taken as they stand
too many names in an archive                  ``archive_names``; the rest is not listed
archive unpacked in part                      ``unpacked``; names that come later are not listed
============================================  ==========================================================

``unreadable header``, ``unreadable part``, ``unreadable text`` and ``unreadable attachment``, with the
name of a Python exception, say that something was met that nobody foresaw: it is taken as it stands.
Tell us of such a mail.
"""

from textpipe.mail.attachments import Attachment
from textpipe.mail.batch import documents_of
from textpipe.mail.limits import Limits
from textpipe.mail.mail import Mail
from textpipe.mail.part import Part

__all__ = ["Attachment", "Limits", "Mail", "Part", "documents_of"]
