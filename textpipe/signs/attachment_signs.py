"""What is odd about an attached file, by its name, its declared type and its first bytes."""

from __future__ import annotations

from textpipe.mail import Attachment

_RUN = (
    "ade adp apk app appx bat chm cmd com cpl dll exe gadget hta img ins iso jar jnlp js jse lnk msc msi"
    " msix msp mst one pif ps1 ps1xml psm1 reg scf scr sct shb sys udl url vb vbe vbs vhd vhdx wsc wsf wsh"
    " xll"
)
RUN = frozenset(_RUN.split())
"""Endings of files that run, or open what runs, at a double click (on Windows)."""

_INNOCENT = (
    "avi bmp doc docx gif htm html jpeg jpg mov mp3 mp4 odt pdf png ppt pptx rtf txt wav xls xlsx"
)
INNOCENT = frozenset(_INNOCENT.split())
_WITH_MACROS = frozenset("docm dotm xlsm xltm xlam pptm potm ppam ppsm sldm".split())  # noqa: SIM905
_HTML = frozenset(("htm", "html", "shtml", "xhtml", "xht", "svg", "mht", "mhtml"))
_EXECUTABLE_TYPES = frozenset(
    (
        "application/vnd.microsoft.portable-executable",
        "application/x-elf",
        "application/x-ms-shortcut",
        "application/vnd.ms-htmlhelp",
        "application/java-archive",
        "application/vnd.android.package-archive",
    )
)
_ARCHIVES = frozenset(
    (
        "application/zip",
        "application/vnd.rar",
        "application/x-7z-compressed",
        "application/gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/zstd",
        "application/vnd.ms-cab-compressed",
        "application/x-tar",
        "application/x-iso9660-image",
    )
)
_BY_ENDING = {
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "gz": "application/gzip",
    "tgz": "application/gzip",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
}
"""Endings of which the first bytes tell whether they are right."""

_UNKNOWN = ("", "application/octet-stream", "text/plain", "application/x-ole-storage")
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "application/x-zip-compressed": "application/zip",
    "application/x-gzip": "application/gzip",
    "application/x-pdf": "application/pdf",
    "application/x-rar-compressed": "application/vnd.rar",
}
_TOLD_BY_BYTES = frozenset((*_BY_ENDING.values(), *_ARCHIVES, "image/tiff", "image/bmp")) - {
    "text/plain"
}


def attachment_signs(attached: Attachment) -> list[str]:
    """The names of the signs that a file gives.

    >>> attachment_signs(Attachment("invoice.pdf.exe", "application/pdf", "application/x-elf", 9))
    ['attachments', 'type_mismatches', 'executables', 'double_extensions']
    """
    sniffed, ending = attached.sniffed_type, attached.extension
    declared = _SAME.get(attached.declared_type, attached.declared_type)
    image = declared.startswith("image/") or sniffed.startswith("image/")
    before = attached.name.rpartition(".")[0].rpartition(".")[2].strip().lower()
    there = {
        "attachments": not (image and attached.inline),
        "attached_images": image,
        "type_mismatches": bool(attached.size) and _contradicts(declared, sniffed),
        "name_mismatches": bool(attached.size)
        and _contradicts(_BY_ENDING.get(ending, ""), sniffed),
        "executables": ending in RUN or sniffed in _EXECUTABLE_TYPES,
        "executables_in_archives": any(_ending(name) in RUN for name in attached.listing)
        and sniffed not in _EXECUTABLE_TYPES,
        "double_extensions": ending in RUN and before in INNOCENT,
        "macro_documents": ending in _WITH_MACROS,
        "html_attachments": ending in _HTML,
        "encrypted_archives": attached.encrypted,
        "archives": sniffed in _ARCHIVES,
    }
    return [name for name, found in there.items() if found]


def _ending(name: str) -> str:
    return name.rstrip(" .").rpartition(".")[2].strip().lower()


def _contradicts(said: str, sniffed: str) -> bool:
    """Can what was said not be true? Bytes that tell nothing contradict what they would tell of."""
    if not said or said == sniffed or said == "application/octet-stream":
        return False
    if said in _TOLD_BY_BYTES:
        return True
    if said.startswith("text/") or said == "image/svg+xml":
        return sniffed in _ARCHIVES or sniffed in _EXECUTABLE_TYPES or sniffed == "application/pdf"
    return sniffed in _EXECUTABLE_TYPES
