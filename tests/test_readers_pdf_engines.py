"""Files and pages that one engine cannot read, or whose text is none: the next one is tried, or it is told."""

import io
from collections.abc import Callable

import pypdf
import pytest
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, NumberObject
from tests.pdf_pages import Sheet, needs_font

from lsqa.errors import DocumentError
from lsqa.readers.glyphs import Glyph, is_garbled, plain_letter
from lsqa.readers.pdf import page_list, read_pdf
from lsqa.readers.reading_options import ReadingOptions, Step

TEXT = "BT /F1 12 Tf 20 200 Td ({}) Tj ET"


def pdf(*contents: str, change: Callable[[pypdf.PdfWriter], None] | None = None) -> bytes:
    """A PDF of a page for each content stream, 300 × 300 points, in Helvetica as F1."""
    writer = pypdf.PdfWriter()
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(k): NameObject(v) for k, v in names.items()})
    for content in contents:
        page = writer.add_blank_page(300, 300)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(content.encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if change:
        change(writer)
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def glyphs(text: str) -> list[Glyph]:
    return [Glyph(10.0 * i, 0, 10.0 * i + 10, 10, letter, 10, 10) for i, letter in enumerate(text)]


@pytest.mark.parametrize(
    "text",
    [
        "\ufffd" * 40,
        "\x03\x10\x11\x05" * 10 + "abcd",
        "\ue000\ue001\ue002" * 12,
        "予算は12億円である。".encode().decode("latin-1"),
        "予算は12億円である。これは文字化けの例。".encode("cp932").decode("latin-1"),
    ],
)
def test_what_no_text_holds_is_garbage(text: str) -> None:
    assert is_garbled(glyphs(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "予算は12億円である。",
        "Příliš žluťoučký kůň úpěl ďábelské ódy",
        "Chính phủ Việt Nam công bố ngân sách năm tài chính mới",
        "القطر المصري يكون الزاوية",
        "งบประมาณประจำปี",
        "∀x∈ℝ: x² ≥ 0, ∑ᵢ aᵢ ± ε",
        "○ × △ ◎ ※ ① ② ③",
        "ｶﾌﾞｼｷｶﾞｲｼｬ ﾆﾎﾝ",
        "Ünïcödé – déjà vu … “façade”",
        "\ufffd 一文字だけ失われた長い文章はそれでも文章である",
    ],
)
def test_text_of_any_language_is_none(text: str) -> None:
    assert not is_garbled(glyphs(text))


def test_a_file_of_garbage_is_refused_with_its_pages_and_one_of_some_keeps_the_rest() -> None:
    garbage = TEXT.format("\\001\\002\\003\\004\\005\\006\\007\\016\\017\\020")
    with pytest.raises(DocumentError, match="garbage on page 1") as error:
        read_pdf(pdf(garbage), "g.pdf")
    assert error.value.status == "garbled"
    with pytest.raises(DocumentError, match="garbage on pages 1–2"):
        read_pdf(pdf(garbage, garbage), "g.pdf")
    found = read_pdf(pdf(TEXT.format("Plain words"), garbage, TEXT.format("More words")), "g.pdf")
    assert [page.text for page in found.pages] == ["Plain words", "", "More words"]
    assert found.warnings == ("the text on page 2 comes out as garbage and was left out",)


def test_small_capitals_and_old_figures_of_adobe_are_letters_and_figures() -> None:
    assert "".join(map(plain_letter, "\uf762\uf732\uf730\uf732\uf735A")) == "B2025A"


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
@pytest.mark.parametrize(
    ("user", "given", "opens"), [("", "", True), ("geheim", "geheim", True), ("geheim", "x", False)]
)
def test_encrypted_files(algorithm: str, user: str, given: str, opens: bool) -> None:
    def encrypt(writer: pypdf.PdfWriter) -> None:
        writer.encrypt(user, owner_password="owner", algorithm=algorithm)

    content = pdf(TEXT.format("Plain words"), change=encrypt)
    options = ReadingOptions(password=given)
    if opens:
        assert read_pdf(content, "e.pdf", options).pages[0].text == "Plain words"
        return
    with pytest.raises(DocumentError, match="does not open it") as error:
        read_pdf(content, "e.pdf", options)
    assert error.value.status == "locked"


def test_without_a_password_it_is_told_how_to_give_one() -> None:
    content = pdf(TEXT.format("x"), change=lambda writer: writer.encrypt("geheim", algorithm="AES-256"))
    with pytest.raises(DocumentError, match="--password"):
        read_pdf(content, "e.pdf")


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\nbroken", b"%PDF-1.4\n%%EOF", pdf(), pdf(TEXT.format("Plain words"))[:120]],
)
def test_what_is_no_pdf_is_told(content: bytes) -> None:
    with pytest.raises(DocumentError) as error:
        read_pdf(content, "broken.pdf")
    assert error.value.status == "failed"
    assert "broken.pdf" in error.value.message


def test_a_file_whose_index_is_lost_is_read_all_the_same() -> None:
    content = pdf(TEXT.format("Plain words"))
    cut = content[: content.rindex(b"startxref")]
    assert read_pdf(cut, "cut.pdf").pages[0].text == "Plain words"


def _crop(box: tuple[float, ...], key: str = "/CropBox") -> Callable[[pypdf.PdfWriter], None]:
    def change(writer: pypdf.PdfWriter) -> None:
        writer.pages[0][NameObject(key)] = ArrayObject(map(FloatObject, box))

    return change


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (_crop((0, 150, 300, 300)), "Plain words"),
        (_crop((500, 500, 900, 900)), "Plain words"),  # off the page: viewers show it whole
        (_crop((0, 0, 300, 100)), ""),  # what is cropped away is not seen
        (_crop((-1000, -1000, 2000, 2000), "/MediaBox"), "Plain words"),
        (lambda w: w.pages[0].update({NameObject("/UserUnit"): NumberObject(10)}), "Plain words"),
    ],
)
def test_pages_of_odd_sizes(change: Callable[[pypdf.PdfWriter], None], text: str) -> None:
    found = read_pdf(pdf(TEXT.format("Plain words"), change=change), "odd.pdf")
    assert found.pages[0].text == text
    assert bool(found.warnings) == (text == "")


def test_a_page_of_very_many_drawings_is_read_in_bounded_time() -> None:
    import time

    drawings = "\n".join(f"{x % 300} {x % 290} m {x % 300} {x % 290 + 9} l S" for x in range(60_000))
    content = pdf(drawings + "\n" + TEXT.format("Plain words"))
    started = time.perf_counter()
    assert read_pdf(content, "plot.pdf").pages[0].text == "Plain words"
    assert time.perf_counter() - started < 20


@needs_font
def test_every_page_is_told_as_it_is_read() -> None:
    sheet = Sheet()
    sheet.put(40, 40, "一枚目")
    sheet.add_page()
    sheet.put(40, 40, "二枚目")
    steps: list[tuple[Step, int]] = []
    read_pdf(sheet.content(), "x.pdf", ReadingOptions(listener=lambda step, number: steps.append((step, number))))
    assert steps == [("page", 1), ("page", 2)]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([3], "page 3"), ([1, 2, 3, 7], "pages 1–3, 7"), ([2, 1], "pages 1–2"), ([1, 3], "pages 1, 3")],
)
def test_page_numbers_as_text(numbers: list[int], text: str) -> None:
    assert page_list(numbers) == text
