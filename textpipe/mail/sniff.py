"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

import re

from textpipe.mail.archives import is_tar_header

_BEGINS = (
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"ITSF", "application/vnd.ms-htmlhelp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"wOFF", "font/woff"),
    (b"#!", "text/x-shellscript"),
)
"""Media types by their first bytes, as IANA registers them; ``x-`` where it registers none."""

_TEXTS = re.compile(
    rb"\s*(?:"
    rb"(?P<html><(?:!doctype\s+html|html|head|body|script|meta|title|table|div)[\s>])"
    rb"|(?P<svg><svg[\s>])|(?P<xml><\?xml\s)"
    rb"|(?P<ics>BEGIN:VCALENDAR)|(?P<vcf>BEGIN:VCARD)"
    rb"|(?P<pgp>-----BEGIN PGP (?:MESSAGE|SIGNATURE|PUBLIC))"
    rb")",
    re.I,
)
_MEDIA_OF_TEXTS = {
    "html": "text/html",
    "svg": "image/svg+xml",
    "xml": "text/xml",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "pgp": "application/pgp",
}
_CONTROLS = bytes([*range(9), 11, *range(14, 27), *range(28, 32)])
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def sniffed(content: bytes) -> str:
    """A media type by the first bytes; ``text/plain`` or ``application/octet-stream`` where they tell
    no more, and ``""`` for an empty file.

    >>> sniffed(b"%PDF-1.7"), sniffed(b"MZ\\x90\\x00"), sniffed(b"Hello"), sniffed(b"\\x00\\x01")
    ('application/pdf', 'application/vnd.microsoft.portable-executable', 'text/plain',
     'application/octet-stream')
    """
    if not content:
        return ""
    for begin, media in _BEGINS:
        if content.startswith(begin):
            return media
    if b"%PDF-" in content[:1024]:  # readers accept it there
        return "application/pdf"
    if content[:4] == b"RIFF":
        kind = content[8:12]
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(kind, "application/octet-stream")
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content[:2] == b"BM" and content[6:10] == bytes(4):
        return "image/bmp"
    if content[32_769:32_774] == b"CD001":
        return "application/x-iso9660-image"
    if is_tar_header(content[:512]):
        return "application/x-tar"
    text = _TEXTS.match(content, 0, 1024)
    if text is not None:
        return _MEDIA_OF_TEXTS[str(text.lastgroup)]
    head = content[:4096]
    is_text = head.startswith(_BOMS) or len(head.translate(None, _CONTROLS)) == len(head)
    return "text/plain" if is_text else "application/octet-stream"


_OFFICE = (
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)


def of_zip(content: bytes, names: list[str]) -> str:
    """What a zip is, by the names in it: an office document, a Java archive, an Android package.

    >>> of_zip(b"", ["[Content_Types].xml", "word/document.xml"]).rsplit(".", 1)[-1]
    'document'
    """
    known = set(names)
    if names[:1] == ["mimetype"] and content[38:66].startswith(b"application/vnd.oasis.opendo"):
        found = re.match(
            rb"application/vnd\.oasis\.opendocument\.[a-z-]{1,30}(?=PK|\W)", content[38:100]
        )
        return found[0].decode() if found else "application/vnd.oasis.opendocument"
    if "[Content_Types].xml" in known:
        for folder, media in _OFFICE:
            if any(name.startswith(folder) for name in names):
                return media
    if "AndroidManifest.xml" in known:
        return "application/vnd.android.package-archive"
    if "META-INF/MANIFEST.MF" in known:
        return "application/java-archive"
    return "application/zip"
