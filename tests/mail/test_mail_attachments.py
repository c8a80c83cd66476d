import base64
import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.mail import Attachment, Limits, Mail
from textpipe.mail.archives import listed
from textpipe.mail.sniff import of_zip, sniffed


def attached(content: bytes, head: str = "Content-Type: application/octet-stream") -> bytes:
    body = base64.encodebytes(content)
    return f"{head}\nContent-Transfer-Encoding: base64\n\n".encode() + body


def only(raw: bytes, limits: Limits = Limits()) -> Attachment:  # noqa: B008  # frozen
    (found,) = Mail.of(raw, limits).attachments
    return found


def zipped(*names: str) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "content")
    return file.getvalue()


def tarred(*names: str, mode: str = "w", layout: int = tarfile.PAX_FORMAT) -> bytes:
    with tarfile.open(fileobj=(file := io.BytesIO()), mode=mode, format=layout) as archive:  # type: ignore[call-overload]
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 1000
            archive.addfile(info, io.BytesIO(bytes(1000)))
    return file.getvalue()


def test_name_types_and_size() -> None:
    head = 'Content-Type: Application/PDF; name="x"\nContent-Disposition: attachment; filename="In voice.PDF"'
    found = only(attached(b"MZ\x90\x00", head))
    assert found.name == "In voice.PDF"
    assert found.extension == "pdf"
    assert found.declared_type == "application/pdf"
    assert found.sniffed_type == "application/vnd.microsoft.portable-executable"
    assert found.size == 4
    assert (found.listing, found.encrypted, found.inline) == ([], False, False)


@pytest.mark.parametrize(
    ("given", "name", "defect"),
    [
        ("filename=a.txt", "a.txt", None),
        ("filename=my holiday.jpg.exe ; x=y", "my holiday.jpg.exe", None),
        ("filename*=utf-8'de'Gr%C3%BC%C3%9Fe.txt", "Grüße.txt", None),
        ("filename*0*=iso-8859-1''Gr%FC; filename*1=n.txt", "Grün.txt", None),
        ("filename*=no-such''%FC.txt", "ü.txt", None),
        ('filename="=?utf-8?q?Gr=C3=BCn.txt?="', "Grün.txt", None),
        ('filename="=?utf-8?b?R3LDvG4=?= =?utf-8?q?.txt?="', "Grün.txt", None),
        (r'filename="C:\\x\\a.exe"', "a.exe", "path in an attachment name"),
        ('filename="../../etc/passwd"', "passwd", "path in an attachment name"),
        ('filename="///"', "", "path in an attachment name"),
        (
            "filename*=utf-8''in%E2%80%AEfdp.exe",
            "in<202E>fdp.exe",
            "bidi override in an attachment name",
        ),
        ("filename*=utf-8''a%0D%0Ab", "a\u240d\u240ab", "control character in an attachment name"),
        ("filename*=utf-8''a%00.exe", "a\u2400.exe", "control character in an attachment name"),
        (
            f"filename={'a' * 300}.exe",
            "a" * 159 + "…" + "a" * 36 + ".exe",
            "attachment name too long",
        ),
    ],
)
def test_names_are_decoded_and_safe_to_show(given: str, name: str, defect: str | None) -> None:
    mail = Mail.of(attached(b"", f"Content-Type: a/b\nContent-Disposition: attachment; {given}"))
    assert mail.attachments[0].name == name
    assert mail.defects == ([] if defect is None else [defect])


def test_a_name_of_the_content_type_will_do_and_none_is_empty() -> None:
    assert only(attached(b"", "Content-Type: a/b; name=x.y")).name == "x.y"
    assert only(attached(b"", "Content-Type: a/b")).name == ""


def test_a_text_with_a_name_is_a_text_and_an_attachment() -> None:
    mail = Mail.of(b"Content-Type: text/plain; name=a.txt\n\nhello")
    assert [region.text for region in mail.regions] == ["hello"]
    assert [(found.name, found.sniffed_type) for found in mail.attachments] == [
        ("a.txt", "text/plain")
    ]


def test_pictures_within_html_are_inline() -> None:
    assert only(attached(b"", "Content-Type: image/png\nContent-ID: <a@b>")).inline
    assert only(attached(b"", "Content-Type: image/png\nContent-Disposition: inline")).inline


def test_a_uuencoded_file_is_an_attachment_and_no_text() -> None:
    mail = Mail.of(b"Subject: s\n\nsee\nbegin 644 ../a.exe\n#35J0\n`\nend\nbye\n")
    assert [region.text for region in mail.regions] == ["s", "see\nbye\n"]
    (found,) = mail.attachments
    assert (found.name, found.declared_type, found.size) == ("a.exe", "", 3)
    assert found.sniffed_type == "application/vnd.microsoft.portable-executable"
    assert mail.defects == ["path in an attachment name"]


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"", ""),
        (b"%PDF-1.4", "application/pdf"),
        (b"\n\n%PDF-1.4", "application/pdf"),
        (b"Rar!\x1a\x07\x01\x00", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"\x7fELF", "application/x-elf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"RIFF\0\0\0\0XXXX", "application/octet-stream"),
        (b"{\\rtf1", "application/rtf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"\n <!DOCTYPE html>", "text/html"),
        (b"<HTML>", "text/html"),
        (b"<svg xmlns=", "image/svg+xml"),
        (b"<?xml version=", "text/xml"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"Hello", "text/plain"),
        ("Grüße".encode("cp1252"), "text/plain"),
        ("\ufeffhi".encode("utf-16-le"), "text/plain"),
        (b"\x01\x02", "application/octet-stream"),
        (b"BM\x10\0\0\0\0\0\0\0", "image/bmp"),
        (bytes(32_769) + b"CD001", "application/x-iso9660-image"),
        (tarred("a"), "application/x-tar"),
        (zipped("a"), "application/zip"),
        (zipped(), "application/zip"),
        (gzip.compress(b"", mtime=0), "application/gzip"),
    ],
)
def test_types_by_first_bytes(content: bytes, media: str) -> None:
    assert sniffed(content) == media


@pytest.mark.parametrize(
    ("names", "media"),
    [
        (["a.exe"], "application/zip"),
        (
            ["[Content_Types].xml", "xl/workbook.xml"],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (["[Content_Types].xml", "other/a"], "application/zip"),
        (["META-INF/MANIFEST.MF", "A.class"], "application/java-archive"),
        (
            ["AndroidManifest.xml", "META-INF/MANIFEST.MF"],
            "application/vnd.android.package-archive",
        ),
    ],
)
def test_what_a_zip_is(names: list[str], media: str) -> None:
    assert only(attached(zipped(*names))).sniffed_type == media


def test_an_open_document_names_itself() -> None:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "")
    assert (
        of_zip(file.getvalue(), ["mimetype", "content.xml"])
        == "application/vnd.oasis.opendocument.text"
    )


@pytest.mark.parametrize("front", [b"", b"MZ program that unpacks"])
def test_names_in_a_zip(front: bytes) -> None:
    found = listed(front + zipped("a/b.txt", "ü.exe", "../x\n"), "application/zip", Limits())
    assert found is not None
    assert found.names == ["a/b.txt", "ü.exe", "../x␊"]
    assert not found.encrypted
    assert found.defects == []


def test_a_zip_without_its_end_is_listed_and_a_defect() -> None:
    whole = zipped("a.txt", "b.txt")
    mail = Mail.of(attached(whole[: whole.find(b"PK\x01\x02")]))
    assert mail.attachments[0].listing == ["a.txt", "b.txt"]
    assert mail.defects == ["damaged archive"]


def test_an_encrypted_zip_is_named() -> None:
    content = bytearray(zipped("a.exe"))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    mail = Mail.of(attached(bytes(content)))
    assert mail.attachments[0].encrypted
    assert mail.defects == ["encrypted archive"]


def test_names_of_a_zip_are_listed_up_to_the_limit() -> None:
    mail = Mail.of(attached(zipped(*map(str, range(20)))), Limits(archive_names=5))
    assert mail.attachments[0].listing == ["0", "1", "2", "3", "4"]
    assert mail.defects == ["too many names in an archive"]


@pytest.mark.parametrize("layout", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_names_in_a_tar(layout: int, mode: str) -> None:
    names = ["a.txt", "ordner/b.exe", "d/" + "x" * 60 + "/" + "y" * 60]
    mail = Mail.of(attached(tarred(*names, mode=mode, layout=layout)))
    assert mail.attachments[0].listing == names
    assert mail.defects == []


def test_an_empty_zip_has_no_names_and_no_defect() -> None:
    mail = Mail.of(attached(zipped()))
    assert (mail.attachments[0].listing, mail.defects) == ([], [])


def test_sizes_in_a_tar_may_be_binary() -> None:
    info = tarfile.TarInfo("large")
    info.size = 1 << 34  # more than eleven octal digits say
    found = listed(info.tobuf(tarfile.GNU_FORMAT), "application/x-tar", Limits())
    assert found is not None
    assert found.names == ["large"]
    assert found.defects == ["damaged archive"]


def test_a_tar_that_is_cut_off_or_too_long() -> None:
    whole = tarred("a", "b", "c")
    assert Mail.of(attached(whole[:2000])).defects == ["damaged archive"]
    mail = Mail.of(attached(whole), Limits(archive_names=2))
    assert mail.attachments[0].listing == ["a", "b"]
    assert mail.defects == ["too many names in an archive"]


def test_a_bomb_is_unpacked_up_to_the_limit_for_all_attachments_together() -> None:
    bomb = gzip.compress(tarred("a")[:512] + bytes(20_000_000))
    part = b"--x\n" + attached(bomb)
    raw = b"Content-Type: multipart/mixed; boundary=x\n\n" + part * 3 + b"--x--"
    mail = Mail.of(raw, Limits(unpacked=100_000))
    assert [found.listing for found in mail.attachments] == [["a"]] * 3
    assert mail.defects == ["archive unpacked in part"] * 3


def test_a_gzip_tells_the_name_of_its_file() -> None:
    with gzip.GzipFile("notes.txt", "wb", fileobj=(file := io.BytesIO())) as packed:
        packed.write(b"hello")
    assert only(attached(file.getvalue())).listing == ["notes.txt"]
    assert Mail.of(attached(b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 20)).defects == [
        "damaged archive"
    ]


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\3\4", b"PK\1\2", b"\x1f\x8b\x08", b"MZ"])
)
def test_any_bytes_are_an_attachment(content: bytes, begin: bytes) -> None:
    mail = Mail.of(attached(begin + content))
    assert mail.attachments[0].size == len(begin + content)
    assert not any(defect.startswith("unreadable") for defect in mail.defects)


@given(
    st.sampled_from([zipped("a", "b/c.exe"), tarred("a", "b"), tarred("a", mode="w:gz")]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
    st.integers(0, 4000),
)
def test_damaged_archives_are_listed_as_far_as_they_go(
    archive: bytes, changes: list[tuple[int, int]], end: int
) -> None:
    content = bytearray(archive[:end])
    for at, byte in changes:
        if at < len(content):
            content[at] = byte
    limits = Limits(archive_names=10)
    for media in ("application/zip", "application/x-tar", "application/gzip"):
        found = listed(bytes(content), media, limits)
        assert found is not None
        assert len(found.names) <= 10
        assert all(len(name) <= 4000 and name.isprintable() for name in found.names)
