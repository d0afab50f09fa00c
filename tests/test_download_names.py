"""Names of downloaded files: what servers call them, harmless in any folder, with an ending that says what they are."""

import time
from pathlib import Path

import httpx
import pytest

from lsqa.ingest.download_names import file_name, safe_name, suffix_of


def name_of(path: str, disposition: str | bytes = "", kind: str = "") -> str:
    given = disposition if isinstance(disposition, bytes) else disposition.encode()
    fields = ((b"Content-Disposition", given), (b"Content-Type", kind.encode()))
    return file_name(httpx.URL("https://www.example.jp" + path), [field for field in fields if field[1]])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/files/plan.pdf", "plan.pdf"),
        ("/files/plan.pdf?download=evil.csv", "plan.pdf"),
        ("/%E4%BA%88%E7%AE%97%E6%A1%88.pdf", "予算案.pdf"),
        ("/%97%5C%8EZ%88%C4.pdf", "予算案.pdf"),  # the same in Shift_JIS, whose second byte here is a backslash
        ("/PLAN.PDF", "PLAN.PDF"),
        ("/passages.jsonl.gz", "passages.jsonl.gz"),
        ("/..%2F..%2Fetc%2Fpasswd.txt", "passwd.txt"),
        ("/..%5C..%5Cplan.pdf", "plan.pdf"),
        ("/%2e%2e/plan.pdf", "plan.pdf"),
    ],
)
def test_a_file_is_called_by_the_last_part_of_its_path(path: str, name: str) -> None:
    assert name_of(path) == name


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="plan.pdf"', "plan.pdf"),
        ("attachment; filename=plan.pdf", "plan.pdf"),
        ("attachment;FILENAME = plan.pdf ; size=1", "plan.pdf"),
        ('attachment; filename="the plan; final.pdf"', "the plan; final.pdf"),
        (r'attachment; filename="the \"plan\" of 2025.pdf"', "the plan of 2025.pdf"),
        ("attachment; filename*=UTF-8''%E4%BA%88%E7%AE%97.pdf", "予算.pdf"),
        ("attachment; filename*=utf-8'ja'%E4%BA%88%E7%AE%97.pdf; filename=x.pdf", "予算.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%E4%BA%88%E7%AE%97.pdf", "予算.pdf"),
        ('attachment; filename="%E4%BA%88%E7%AE%97.pdf"', "予算.pdf"),
        ('attachment; filename="%97%5C%8EZ.pdf"', "予算.pdf"),
        ('attachment; filename="予算.pdf"', "予算.pdf"),
        ('attachment; filename="予算表.pdf"'.encode("cp932"), "予算表.pdf"),
        ('attachment; filename="予算表"; x="a.pdf"'.encode("cp932"), "予算表.csv"),
        ('attachment; filename="50% 達成.pdf"', "50% 達成.pdf"),
        (r'attachment; filename="C:\Users\me\plan.pdf"', "plan.pdf"),
        ('attachment; filename="../../../../etc/cron.d/plan.pdf"', "plan.pdf"),
        ("attachment; filename*=UTF-8''..%2F..%2Fplan.pdf", "plan.pdf"),
        ("attachment; filename*=UTF-8''plan%00.pdf", "plan.pdf"),
        ("attachment; filename*=UTF-8''plan%0d%0aX.pdf", "plan X.pdf"),
        ("attachment; filename*=UTF-8''%E2%80%AEfdp.pdf", "fdp.pdf"),
        ('attachment; filename=".download.json"; x', "download.json.csv"),
        ('attachment; filename="', "12345.csv"),
        ('attachment; filename=""', "12345.csv"),
        ('attachment; filename="///"', "12345.csv"),
        ('attachment; filename=".."', "12345.csv"),
        ("inline", "12345.csv"),
        ("", "12345.csv"),
    ],
)
def test_a_file_is_called_what_the_server_calls_it(disposition: str | bytes, name: str) -> None:
    assert name_of("/files/12345", disposition, "text/csv") == name


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*=idna''a%FF.pdf",
        "attachment; filename*=undefined''a.pdf",
        "attachment; filename*=unicode_escape''%5Cud800.pdf",
        "attachment; filename*=utf-7''+2AA-.pdf",
        "attachment; filename*0*=UTF-8''a; filename*1=.pdf",
        f"attachment; filename*{'9' * 5000}=a.pdf",
        "attachment; filename*=UTF-8''%",
        "attachment; filename*='''''",
    ],
)
def test_an_odd_header_gives_some_name(disposition: str) -> None:
    name = name_of("/files/12345", disposition, "application/pdf")
    assert name.endswith(".pdf")
    assert name.isprintable()


@pytest.mark.parametrize(
    "disposition",
    ["filename=" * 12_000, 'filename="' + '\\"' * 50_000, "filename*='" * 9_000, "filename" + " " * 99_000],
)
def test_a_header_made_to_cost_time_costs_none(disposition: str) -> None:
    started = time.process_time()  # whatever else runs on the machine does not count
    name_of("/files/12345", disposition)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/files/12345", "text/csv", "12345.csv"),
        ("/files/12345", "Text/CSV; charset=Shift_JIS; header=present", "12345.csv"),
        ("/export.php?id=3", "text/csv", "export.php.csv"),
        ("/files/12345", "text/tab-separated-values", "12345.tsv"),
        ("/files/12345", "application/x-ndjson", "12345.jsonl"),
        ("/files/12345", "text/markdown", "12345.md"),
        ("/files/12345", "application/pdf", "12345.pdf"),
        ("/files/12345", "application/octet-stream", "12345"),
        ("/files/12345", "", "12345"),
        ("/plan.pdf", "text/html", "plan.pdf"),  # an error page: what it is, its content says
        ("/table.csv", "text/plain", "table.csv"),
        ("/", "text/html", "www.example.jp.html"),
        ("/", "", "www.example.jp"),
        ("/a/", "text/html", "www.example.jp.html"),
    ],
)
def test_what_has_no_ending_gets_one_after_its_kind(path: str, kind: str, name: str) -> None:
    assert name_of(path, "", kind) == name


def test_a_readable_ending_of_the_path_counts_more_than_an_unknown_one_of_the_server() -> None:
    assert name_of("/plan.pdf", 'attachment; filename="getfile.aspx"', "text/csv") == "plan.pdf"


def test_a_machine_without_a_name_gives_one() -> None:
    assert file_name(httpx.URL("http://[2001:db8::1]/"), []) == "2001 db8 1"


@pytest.mark.parametrize(
    "name",
    ["con.pdf", "CON", "nul.tar.gz", "Aux.pdf", "com1.pdf", "LPT9", "com¹.pdf", "conin$", "CONOUT$.txt", "prn .pdf"],
)
def test_a_device_of_windows_is_no_name(name: str) -> None:
    assert safe_name(name) == f"_{name.replace(' ', '')}"


@pytest.mark.parametrize("name", ["console.pdf", "auxiliary.pdf", "com10.pdf", "nullable.txt", "comet.pdf"])
def test_what_begins_like_a_device_is_a_name(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("...", ""),
        ("~$", ""),
        ("/", ""),
        ("..\\", ""),
        (".hidden.pdf", "hidden.pdf"),
        ("~$plan.docx", "plan.docx"),
        ("plan.pdf. . ", "plan.pdf"),
        ("plan .pdf", "plan.pdf"),
        ('a<b>c:d"e|f?g*h.pdf', "a b c d e f g h.pdf"),
        ("plan.pdf:stream", "plan.pdf stream"),
        ("a\u202egnp.exe\u202c.pdf", "a gnp.exe.pdf"),
        ("a\u200b\u2066b\ufeff.pdf", "a b.pdf"),
        ("a\x1b[31m\x07.pdf", "a [31m.pdf"),
        ("a\ud800b.pdf", "a b.pdf"),
        ("a\u3000\u00a0b.pdf", "a b.pdf"),
        ("カ\u3099.pdf", "ガ.pdf"),
    ],
)
def test_a_name_is_harmless(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize("ending", [".pdf", ".jsonl.gz", ".unknown", ""])
def test_a_long_name_keeps_its_ending_and_fits_every_file_system(ending: str, tmp_path: Path) -> None:
    name = safe_name("予算" * 300 + ending)
    assert name.startswith("予算予算")
    assert name.endswith(ending)
    assert len(name.encode()) <= 150
    (tmp_path / name).write_bytes(b"")


def test_a_safe_name_stays_as_it_is() -> None:
    for text in ("予算" * 100 + ". .pdf", "con" + "." * 9 + "pdf", "a" * 149 + ".b.c"):
        assert safe_name(safe_name(text)) == safe_name(text)


@pytest.mark.parametrize(
    ("name", "suffix"), [("a.PDF", ".pdf"), ("a.jsonl.gz", ".jsonl.gz"), ("a.gz", ""), ("pdf", ""), ("a.exe", "")]
)
def test_an_ending_counts_if_it_can_be_read(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix
