"""What is no text is told from what is, in whatever language; single lost characters are found in the second engine."""

import io
from collections.abc import Sequence

import pypdf
import pytest
from tests.pdf_pages import Sheet, needs_font
from tests.raw_pdf import HELVETICA, TEXT, Value, pdf, to_unicode

from lsqa.errors import DocumentError
from lsqa.readers.garbage import is_garbled, is_no_better, reads_as_text
from lsqa.readers.glyphs import Glyph, guessed_letter, is_garbage, is_lost, lost_letter
from lsqa.readers.pdf import read_pdf
from lsqa.readers.pdf_lost import has_lost, restore
from lsqa.readers.symbol_letters import plain_letter, symbols_of

JAPANESE = "予算の執行について、文部科学省は次のとおり定める。これは文字化けの例である。"
MOJIBAKE = "文字化けした頁".encode().decode("latin-1")


def glyphs(text: Sequence[str]) -> list[Glyph]:
    return [Glyph(10.0 * i, 0, 10.0 * i + 10, 10, letter, 10, 10) for i, letter in enumerate(text)]


@pytest.mark.parametrize(
    "text",
    [
        "\ufffd" * 40,
        "\x03\x10\x11\x05" * 10 + "abcd",
        "\ue000\ue001\ue002" * 12,
        "\uf041\uf042\uf043" * 12,
        [lost_letter(0x41)] * 10 + ["字"] * 30,
        JAPANESE.encode().decode("latin-1"),
        JAPANESE.encode().decode("cp1252", "ignore"),
        JAPANESE.encode("cp932").decode("latin-1"),
        JAPANESE.encode().decode("cp932", "ignore"),
        JAPANESE.encode("euc_jp").decode("cp932", "ignore"),
        "Подпись и печать организации".encode().decode("latin-1"),
        "".join(chr(0x1F0 + 97 * i) for i in range(60)),  # a font's numbers of its characters
        "蠧薗鐚羣膃襃緤鏨靨飫齏鬘鷦",
        "7KLV LV ZULWWHQ ZLWK WKH QXPEHUV",
        "".join(chr(ord(c) - 31) for c in "Thenumbersofthisfontbeginwithone"),
        "/g12/g7/g103/g44/g9",
        "/LW010000/LW010000/SP110000",
    ],
)
def test_what_no_text_holds_is_garbage(text: Sequence[str]) -> None:
    assert is_garbled(glyphs(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "予算は12億円である。",
        JAPANESE,
        "Příliš žluťoučký kůň úpěl ďábelské ódy",
        "Chính phủ Việt Nam công bố ngân sách năm tài chính mới",
        "القطر المصري يكون الزاوية",
        "งบประมาณประจำปี",
        "Подпись и печать организации",
        "Πρόγραμμα δημόσιων επενδύσεων του έτους",
        "대한민국 정부는 새로운 예산안을 발표하였다",
        "中华人民共和国国务院关于财政预算的决定",
        "中華民國政府關於財政預算之決定與說明",
        "नई दिल्ली में बजट की घोषणा की गई",
        "∀x∈ℝ: x² ≥ 0, ∑ᵢ aᵢ ± ε",
        "α + βx = γ, Δf(ω) → ∫ψ dμ, ℵ₀ ∂u/∂t",
        "○ × △ ◎ ※ ① ② ③",
        "ｶﾌﾞｼｷｶﾞｲｼｬ ﾆﾎﾝ､ﾄｳｷｮｳ",
        "Ünïcödé – déjà vu … “façade”",
        "".join(map(chr, range(0xA1, 0x100))),  # a table of signs
        "THE MINISTRY OF EDUCATION, CULTURE, SPORTS, SCIENCE AND TECHNOLOGY",
        "HDL LDL XRD RHX DHL LHR XLR HDR DXL RLX 01-2025 HLX DRX",
        "the paths /v1/users/3 and /v2/items/4 are read",
        "\ufffd 一文字だけ失われた長い文章はそれでも文章である",
        "\uf0fc 済み \uf0fb 未了 \uf0fc 済み",
    ],
)
def test_text_of_any_language_is_none(text: str) -> None:
    assert not is_garbled(glyphs(text))


@pytest.mark.parametrize(
    ("guess", "is_text"),
    [
        ("Checkliste Service", True),
        ("ISSUE 9915", True),
        ("01/14/2016 Transfer 1,406,164.00", True),
        ("2025", True),
        ("ab", True),
        ("’“”", True),
        ("àÀâÂäÄçÇéÉèÈ", True),
        ("の削除・インストールについて", True),
        ("Подпись и печать", True),
        ("", True),
        ("9$7&RGH", False),  # VAT Code, by the numbers that the characters have in most fonts of Windows
        ("5(&20('$&,\xcf1", False),
        ("3HQ\u010c\xe5Qt\x03SURVW\u011cHGN\\\x03QD\x03~\xfeWHFK", False),
        ("\x04\x05\x06\x07", False),
        ("\u19d2\u1971\u198e", False),
        ("\ud09f\ud0be\ud0b4\ud0bf\ud094\ud0b0\ud182\ud0b0", False),
        ("\u0d4c", False),
        ("粟粢粤粥", False),
    ],
)
def test_a_guess_is_taken_where_it_reads_as_text(guess: str, is_text: bool) -> None:
    assert reads_as_text(guess) == is_text


def test_a_lost_letter_keeps_its_code() -> None:
    letter = lost_letter(0x13)
    assert (is_lost(letter), is_garbage(letter), guessed_letter(letter)) == (True, True, "\x13")
    assert is_lost("\ufffd")
    assert not is_lost("字")
    assert not is_lost("\U0002000b")


def test_the_same_codes_again_are_no_better() -> None:
    lost = glyphs([lost_letter(ord(c)) for c in "9$7&RGH1XPEHU"])
    assert is_no_better(glyphs("x9$7 &RGH 1XPEHU"), lost)
    assert not is_no_better(glyphs("VAT Code Number"), lost)


@pytest.mark.parametrize(
    ("letters", "other", "found"),
    [
        (["e", lost_letter(2), *"ective"], "the e\ufb00ective", "e?ective"),  # too few neighbours before it
        ([*"very e", lost_letter(2), *"ective"], "very e\ufb00ective", "very e\ufb00ective"),
        ([*"set (", lost_letter(2), *", δ) -"], "set (ε, δ) -", "set (ε, δ) -"),
        ([*"set (", lost_letter(2), *", δ) -"], "set (ε, δ) - set (η, δ) -", "set (?, δ) -"),  # two answers
        ([*"set (", lost_letter(2), *", δ) -"], "set (\x02, δ) -", "set (?, δ) -"),
        ([*"set (", lost_letter(0x41), *", δ) -"], "set (A, δ) -", "set (?, δ) -"),  # the code once more
        ([*"very e", lost_letter(2), lost_letter(3), *"ective"], "very eαβective", "very e??ective"),
        ([*"words", lost_letter(2)], "words!", "words?"),  # nothing after it
        ([*"set (", lost_letter(2), *", δ) -"], "quite another page", "set (?, δ) -"),
    ],
)
def test_a_lost_character_is_found_between_its_neighbours(letters: list[str], other: str, found: str) -> None:
    page = glyphs(letters)
    assert has_lost(page)
    restore(page, glyphs(other))
    assert "".join("?" if is_lost(g.text) else g.text for g in page) == found


def test_a_page_that_lost_nothing_says_so() -> None:
    assert not has_lost(glyphs("文章 and \uf0b7 marks"))


@pytest.mark.parametrize(
    ("font", "code", "sign"),
    [
        ("ABCDEF+SymbolMT", 0xF02B, "+"),
        ("Symbol", 0xF061, "α"),
        ("Symbol", 0xF0E5, "∑"),
        ("Symbol", 0xF0B3, "≥"),
        ("Symbol", 0xF0FF, None),
        ("Wingdings-Regular", 0xF0FC, "✓"),
        ("ABCDEF+Wingdings", 0xF06E, "■"),
        ("Wingdings2", 0xF0FC, None),
        ("SegoeUISymbol", 0xF02B, None),
        ("MS-Gothic", 0xF02B, None),
    ],
)
def test_signs_of_symbol_fonts(font: str, code: int, sign: str | None) -> None:
    assert symbols_of(font).get(code) == sign


def test_small_capitals_and_old_figures_of_adobe_are_letters_and_figures() -> None:
    assert "".join(map(plain_letter, "\uf762\uf732\uf730\uf732\uf735A\uf8e9")) == "B2025A©"


def test_a_file_of_garbage_is_refused_with_its_pages_and_one_of_some_keeps_the_rest() -> None:
    garbage = TEXT.format(MOJIBAKE)
    with pytest.raises(DocumentError, match=r"garbage on page 1 .* install Tesseract") as error:
        read_pdf(pdf(garbage), "g.pdf")
    assert error.value.status == "garbled"
    with pytest.raises(DocumentError, match="garbage on pages 1–2"):
        read_pdf(pdf(garbage, garbage), "g.pdf")
    found = read_pdf(pdf(TEXT.format("Plain words"), garbage, TEXT.format("More words")), "g.pdf")
    assert [page.text for page in found.pages] == ["Plain words", "", "More words"]
    assert found.warnings == ("the text on page 2 comes out as garbage and was left out",)


def test_a_page_whose_characters_show_nothing_is_empty_not_garbled() -> None:
    found = read_pdf(pdf(TEXT.format("\\001\\002\\003\\004\\005\\006")), "blank.pdf")
    assert (found.pages[0].text, found.warnings) == ("", ())


def without_maps(content: bytes) -> bytes:
    """A PDF whose fonts do not tell what their characters are."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            font.get_object().pop("/ToUnicode", None)
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


@needs_font
@pytest.mark.parametrize("text", ["研究の拠点を全国に置き人材を育てる", "予算", "Words in Latin letters too", "Budget"])
def test_the_numbers_that_characters_have_in_a_font_are_not_read_as_text(text: str) -> None:
    sheet = Sheet()
    sheet.put(40, 40, text)
    assert sheet.read().text == text
    with pytest.raises(DocumentError) as error:
        read_pdf(without_maps(sheet.content()), "cid.pdf")
    assert error.value.status == "garbled"


@needs_font
def test_numbers_that_happen_to_be_letters_are_not_read_as_such_either() -> None:
    sheet = Sheet()
    sheet.lines(40, 40, ["".join(map(chr, range(0x4E00 + row * 20, 0x4E14 + row * 20))) for row in range(3)])
    sheet.add_page()
    sheet.put(40, 40, "予算の概要")  # the font's characters from 61 on, which in ASCII begin with `=>?@A`
    with pytest.raises(DocumentError, match="garbage on pages 1–2"):
        read_pdf(without_maps(sheet.content()), "cid.pdf")


def of_two_bytes(text: str, shift: int = 0) -> bytes:
    """`text` in a font that is not embedded, has no map, and counts its characters from another number."""
    font: Value = {
        "/Type": "/Font", "/Subtype": "/Type0", "/BaseFont": "/Arial", "/Encoding": "/Identity-H",
        "/DescendantFonts": [
            {
                "/Type": "/Font", "/Subtype": "/CIDFontType2", "/BaseFont": "/Arial",
                "/CIDSystemInfo": {"/Registry": "Adobe", "/Ordering": "Identity", "/Supplement": 0},
            }
        ],
    }  # fmt: skip
    codes = "".join(f"{ord(letter) - shift:04x}" for letter in text)
    return pdf(f"BT /F1 12 Tf 20 200 Td <{codes}> Tj ET", font=font)


def test_codes_without_a_map_are_text_where_they_read_as_such() -> None:
    assert read_pdf(of_two_bytes("Checklist of services"), "c.pdf").pages[0].text == "Checklist of services"
    with pytest.raises(DocumentError) as error:
        read_pdf(of_two_bytes("Checklist of services", shift=29), "c.pdf")
    assert error.value.status == "garbled"


def test_formulas_in_a_symbol_font_are_read() -> None:
    font: Value = {**HELVETICA, "/BaseFont": "/SymbolMT", "/ToUnicode": to_unicode({0x61: "\uf061", 0x62: "\uf0b3"})}
    assert read_pdf(pdf(TEXT.format("abaab"), font=font), "f.pdf").pages[0].text == "α≥αα≥"
