"""Files and pages that one engine cannot read, or whose text is none: the next one is tried, or it is told."""

import time
from collections.abc import Mapping

import pypdf
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject
from tests.pdf_pages import Sheet, needs_font
from tests.raw_pdf import HELVETICA, TEXT, Change, Value, pdf, stream, value

from lsqa.errors import DocumentError
from lsqa.readers.hidden_text import places
from lsqa.readers.pdf import read_pdf
from lsqa.readers.pdfium_characters import MAX_CHARACTERS
from lsqa.readers.reading_options import ReadingOptions, Step


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


def _crop(box: tuple[float, ...], key: str = "/CropBox") -> Change:
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
def test_pages_of_odd_sizes(change: Change, text: str) -> None:
    found = read_pdf(pdf(TEXT.format("Plain words"), change=change), "odd.pdf")
    assert found.pages[0].text == text
    assert bool(found.warnings) == (text == "")


def test_a_page_of_very_many_drawings_is_read_in_bounded_time() -> None:
    drawings = "\n".join(f"{x % 300} {x % 290} m {x % 300} {x % 290 + 9} l S" for x in range(60_000))
    content = pdf(drawings + "\n" + TEXT.format("Plain words"))
    started = time.process_time()  # whatever else runs on the machine does not count
    assert read_pdf(content, "plot.pdf").pages[0].text == "Plain words"
    assert time.process_time() - started < 20


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
    assert places("page", numbers) == text


def _appearance(text: str, writer: pypdf.PdfWriter) -> Value:
    """What an annotation shows."""
    shown = stream(f"BT /F1 12 Tf 5 5 Td ({text}) Tj ET")
    entries: Mapping[str, Value] = {
        "/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, 200, 20], "/Resources": {"/Font": {"/F1": HELVETICA}},
    }  # fmt: skip
    shown.update({NameObject(key): value(item, writer) for key, item in entries.items()})
    return {"/N": shown}


def _annotated(kind: str, text: str, flags: int = 0) -> Change:
    def change(writer: pypdf.PdfWriter) -> None:
        annotation: Value = {
            "/Type": "/Annot", "/Subtype": kind, "/Rect": [20, 100, 220, 120], "/F": flags, "/Contents": "unseen",
            "/AP": _appearance(text, writer),
        }  # fmt: skip
        writer.pages[0][NameObject("/Annots")] = value([annotation], writer)

    return change


@pytest.mark.parametrize("kind", ["/FreeText", "/Stamp", "/Widget"])
def test_what_annotations_show_is_text_of_the_page(kind: str) -> None:
    found = read_pdf(pdf(TEXT.format("Plain words"), change=_annotated(kind, "Noted on it")), "a.pdf")
    assert found.pages[0].text.split("\n\n") == ["Plain words", "Noted on it"]
    assert found.warnings == ()


def test_an_annotation_that_is_hidden_shows_nothing() -> None:
    hidden = 2  # PDF 32000-1, table 165
    found = read_pdf(pdf(TEXT.format("Plain words"), change=_annotated("/FreeText", "Noted", hidden)), "a.pdf")
    assert found.pages[0].text == "Plain words"


def test_what_a_form_is_filled_in_with_is_read_though_nothing_draws_it_yet() -> None:
    def fill(writer: pypdf.PdfWriter) -> None:
        field = value(
            {
                "/Type": "/Annot", "/Subtype": "/Widget", "/FT": "/Tx", "/T": "name", "/V": "Filled in",
                "/Rect": [20, 100, 220, 120], "/DA": "/F1 12 Tf 0 g", "/F": 4,
            },
            writer,
        )  # fmt: skip
        reference = writer._add_object(field)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([reference])
        form: Value = {"/Fields": [reference], "/DR": {"/Font": {"/F1": HELVETICA}}, "/DA": "/F1 12 Tf 0 g"}
        writer._root_object[NameObject("/AcroForm")] = value(form, writer)

    found = read_pdf(pdf(TEXT.format("Name"), change=fill), "form.pdf")
    assert found.pages[0].text.split("\n\n") == ["Name", "Filled in"]


def _with_layer(*, is_on: bool, in_form: bool) -> bytes:
    """A page with words on a layer, marked in its content or as a form of its own."""
    layer: DictionaryObject = DictionaryObject()

    def change(writer: pypdf.PdfWriter) -> None:
        layer.update({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): value("Layer", writer)})
        group = writer._add_object(layer)
        default: Value = {"/ON" if is_on else "/OFF": ArrayObject([group])}
        properties: Value = {"/OCGs": ArrayObject([group]), "/D": default}
        writer._root_object[NameObject("/OCProperties")] = value(properties, writer)
        resources = writer.pages[0]["/Resources"]
        assert isinstance(resources, DictionaryObject)
        if in_form:
            form = stream(TEXT.format("Layered words").replace("200", "100"))
            entries: Mapping[str, Value] = {
                "/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, 300, 300], "/OC": group,
                "/Resources": {"/Font": {"/F1": HELVETICA}},
            }  # fmt: skip
            form.update({NameObject(key): value(item, writer) for key, item in entries.items()})
            resources[NameObject("/XObject")] = value({"/X": form}, writer)
        else:
            resources[NameObject("/Properties")] = DictionaryObject({NameObject("/L"): group})

    plain, layered = TEXT.format("Plain words"), TEXT.format("Layered words").replace("200", "100")
    return pdf(f"{plain} /X Do" if in_form else f"{plain} /OC /L BDC {layered} EMC", change=change)


@pytest.mark.parametrize("in_form", [False, True])
def test_text_on_a_layer_that_is_switched_off_is_hidden(in_form: bool) -> None:
    shown = read_pdf(_with_layer(is_on=True, in_form=in_form), "on.pdf")
    assert (shown.pages[0].text, shown.warnings) == ("Plain words\n\nLayered words", ())
    found = read_pdf(_with_layer(is_on=False, in_form=in_form), "off.pdf")
    assert found.pages[0].text == "Plain words"
    assert [("hidden text" in warning, "Layered words" in warning) for warning in found.warnings] == [(True, True)]


@needs_font
def test_a_page_that_was_scanned_and_recognised_keeps_that_text() -> None:
    sheet = Sheet()
    sheet.image(Image.new("RGB", (60, 84), "lightgray"), x=0, y=0, w=595, h=842)
    with sheet.local_context(text_mode="INVISIBLE"):
        sheet.put(60, 80, "読み取られた文字は画像の下にある文章である。")
    steps: list[Step] = []
    options = ReadingOptions(ocr_languages="jpn", listener=lambda step, number: steps.append(step))
    found = read_pdf(sheet.content(), "scan.pdf", options)
    assert found.pages[0].text == "読み取られた文字は画像の下にある文章である。"
    assert (steps, found.warnings) == (["page"], ())


def _cycle(writer: pypdf.PdfWriter) -> None:
    root = writer._root_object["/Pages"].get_object()
    assert isinstance(root, DictionaryObject)
    kids = root["/Kids"]
    assert isinstance(kids, ArrayObject)
    assert root.indirect_reference is not None
    kids.append(root.indirect_reference)


def test_a_page_tree_that_holds_itself_ends() -> None:
    found = read_pdf(pdf(TEXT.format("Plain words"), change=_cycle), "cycle.pdf")
    assert found.pages[0].text == "Plain words"


def test_a_form_that_draws_itself_ends() -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        form = stream("BT /F1 12 Tf 20 100 Td (Again) Tj ET /X Do")
        reference = writer._add_object(form)
        entries: Mapping[str, Value] = {
            "/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, 300, 300],
            "/Resources": {"/Font": {"/F1": HELVETICA}, "/XObject": {"/X": reference}},
        }  # fmt: skip
        form.update({NameObject(key): value(item, writer) for key, item in entries.items()})
        resources = writer.pages[0]["/Resources"]
        assert isinstance(resources, DictionaryObject)
        resources[NameObject("/XObject")] = DictionaryObject({NameObject("/X"): reference})

    found = read_pdf(pdf(TEXT.format("Plain words") + " /X Do", change=change), "loop.pdf")
    assert found.pages[0].text.startswith("Plain words\n\nAgain")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pages_are_read_as_they_are_turned(turn: int) -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        writer.pages[0].rotate(turn)

    page = read_pdf(pdf("BT /F1 12 Tf 20 250 Td (Plain words) Tj ET", change=change), "turned.pdf").pages[0]
    assert page.text == "Plain words"
    boxes = page.boxes_of(0, len(page.text))
    x = (min(box.left for box in boxes) + max(box.right for box in boxes)) / 2
    y = (min(box.top for box in boxes) + max(box.bottom for box in boxes)) / 2
    assert (x < 0.5, y < 0.5) == {0: (True, True), 90: (False, True), 180: (False, False), 270: (True, False)}[turn]


@needs_font
def test_characters_beyond_the_first_plane_are_one_letter() -> None:
    sheet = Sheet()
    sheet.put(40, 40, "\U00020b9f\u308b")
    assert sheet.read().text == "\U00020b9f\u308b"


def test_a_page_that_has_no_end_is_cut_and_it_is_told() -> None:
    drawn = " ".join(f"1 0 0 1 {i % 300} {i // 300 % 300} Tm (a) Tj" for i in range(MAX_CHARACTERS + 10))
    found = read_pdf(pdf(f"BT /F1 2 Tf {drawn} ET"), "long.pdf")
    assert len(found.pages[0].text) > MAX_CHARACTERS / 2
    assert found.warnings == ("page 1: only its first 100,000 characters were read",)
