"""PDFs for tests from their content streams and objects, where fpdf2 would not write them so."""

import io
from collections.abc import Callable, Mapping

import pypdf
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

Change = Callable[[pypdf.PdfWriter], None]
Value = PdfObject | str | int | float | Mapping[str, "Value"] | list["Value"]

TEXT = "BT /F1 12 Tf 20 200 Td ({}) Tj ET"


def value(of: Value, writer: pypdf.PdfWriter) -> PdfObject:
    """Python's values as PDF's: `/Name` is a name, any other text a string. Streams become objects of their own."""
    match of:
        case StreamObject():
            return writer._add_object(of)
        case PdfObject():
            return of
        case str():
            return NameObject(of) if of.startswith("/") else TextStringObject(of)
        case int():
            return NumberObject(of)
        case float():
            return FloatObject(of)
        case list():
            return ArrayObject(value(item, writer) for item in of)
        case _:
            return DictionaryObject({NameObject(key): value(item, writer) for key, item in of.items()})


def stream(data: bytes | str) -> DecodedStreamObject:
    found = DecodedStreamObject()
    found.set_data(data.encode("latin-1") if isinstance(data, str) else data)
    return found


HELVETICA: Mapping[str, Value] = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}


def pdf(*contents: str | bytes, change: Change | None = None, font: Value = HELVETICA, **resources: Value) -> bytes:
    """A PDF of a page for each content stream, 300 × 300 points, with `font` as F1 and other `resources`."""
    writer = pypdf.PdfWriter()
    for content in contents:
        page = writer.add_blank_page(300, 300)
        named: dict[str, Value] = {f"/{key}": item for key, item in resources.items()}
        page[NameObject("/Resources")] = value({"/Font": {"/F1": font}, **named}, writer)
        page[NameObject("/Contents")] = writer._add_object(stream(content))
    if change:
        change(writer)
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def to_unicode(codes: Mapping[int, str], width: int = 1) -> DecodedStreamObject:
    """A font's map from codes of `width` bytes to Unicode (PDF 32000-1, 9.10.3)."""
    rows = "".join(f"<{code:0{2 * width}x}> <{text.encode('utf-16-be').hex()}>\n" for code, text in codes.items())
    return stream(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        f"1 begincodespacerange <{'00' * width}> <{'ff' * width}> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{rows}endbfchar\nendcmap end end"
    )
