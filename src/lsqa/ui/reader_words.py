"""What readers of files say, in the language of the page. They say it in English: their sentences are known by their
form and said again with their numbers and names; one that is not known stays as it is."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from lsqa.readers.remarks import REMARKS
from lsqa.text import Language

REMARKS_IN_JAPANESE: Final[dict[str, str]] = {
    "hidden-one": "{where}見えない文字（{reason}）1字を除きました：{shown}",
    "hidden": "{where}見えない文字（{reason}）{count}字を除きました：{shown}",
    "pages-cut": "{count}ページのうち、最初の{read}ページだけを読みました。ファイルを分けてください。",
    "page-cut": "{number}ページ：最初の{read}字だけを読みました。",
    "garbled": "{places}の文字は正しく取り出せないため、除きました。",
    "damaged": "{places}は読めないため、除きました。",
    "picture": "{places}は文字のない画像です。文字認識（Tesseract）を使うと読めます。",
    "unrecognised": "{number}ページの文字を認識できませんでした：{reason}",
    "unshown": "{places}は作成者が非表示にしたスライドです。文字は取り込みました。",
    "formula": "{where}計算結果が保存されていない数式{count}個を除きました。",
    "formulas": "{where}計算結果が保存されていない数式{count}個を除きました。",
    "stored-breaks": "ページ番号は、ファイルに保存された改ページによります（Wordでは{count}ページ）。",
    "hidden-sheet": "非表示のシート「{name}」を除きました：{shown}",
    "hidden-sheet-empty": "非表示のシート「{name}」を除きました。",
}
"""By the keys of `lsqa.readers.remarks`."""

REASONS: Final[dict[str, str]] = {
    "marked as hidden": "非表示の指定",
    "in no visible colour": "背景と見分けられない色",
    "too small to be seen": "見えないほど小さい",
    "without paint": "塗りがない",
    "not displayed": "表示しない指定",
    "off the page": "ページの外",
    "off the slide": "スライドの外",
    "clipped away": "切り抜きの外",
    "cut off by a clipping path": "切り抜きの外",
    "covered by something else": "ほかのものに隠れている",
    "transparent or on a layer that is not shown": "透明か、表示しないレイヤーの上",
    "a number format that shows nothing": "何も表示しない書式",
    "{count} hidden row": "非表示の行{count}行",
    "{count} hidden rows": "非表示の行{count}行",
    "{count} hidden column": "非表示の列{count}列",
    "{count} hidden columns": "非表示の列{count}列",
}
"""Why text is not seen."""

FAILURES: Final[dict[str, str]] = {
    "no text in it: the file has 0 bytes": "ファイルが空（0バイト）です。",
    "no text in it": "文字がありません。",
    "no text in it: {remarks}": "文字がありません：{remarks}",
    "{count} passages without text were left out": "文字のない{count}件を除きました。",
    "{name} is a gzip file of no known kind": "{name}は、種類の分からないgzipファイルです。",
    "{name} is a damaged package, cut off at its end": "{name}は壊れています（末尾が欠けています）。",
    "{name} is larger than {limit} bytes": "{name}は{limit}バイトを超えています。",
    "cannot read the file: {error}": "ファイルを開けません（{error}）。",
    "cannot read {name}: {error}": "{name}を開けません（{error}）。",
    "{name} is a binary file of no kind that lsqa reads": "{name}は、読める種類のファイルではありません。",
    "{name} has a byte order mark but is no {encoding}": "{name}は{encoding}の印で始まりますが、読めません。",
    "a table has too many cells": "表のセルが多すぎます。",
    "{name} is in no known encoding": "{name}の文字コードが分かりません。",
    "{name} is in the binary format before Office 2007": "{name}は、Office 2007より前の形式です。",
    "{name} is encrypted": "{name}は暗号化されています。",
    "{name} is encrypted with AES, which needs the package cryptography": "{name}はAESで暗号化されています。",
    "{name} is no readable Office file ({error})": "{name}は、Officeのファイルとして読めません（{error}）。",
    "{name} is too large to be read: {error}": "{name}は大きすぎて読めません（{error}）。",
    "{name} has no readable page": "{name}には、読めるページがありません。",
    "the text of {name} comes out as garbage on {places}": "{name}の{places}の文字を正しく取り出せません。",
    "{name} is damaged on every page": "{name}は、すべてのページが壊れています。",
    "{name} is no readable PDF": "{name}は、PDFとして読めません。",
    "{name} is no readable PDF ({error})": "{name}は、PDFとして読めません（{error}）。",
    "page {number} of {name} is damaged": "{name}の{number}ページは壊れています。",
    "page {number} of {name} is damaged ({error})": "{name}の{number}ページは壊れています（{error}）。",
    "Tesseract is sure of {share} of what it sees: a picture or a bad scan": (
        "認識の確かさが{share}しかありません（写真か、読み取りの粗い画像です）"
    ),
    "Tesseract failed ({error})": "文字認識に失敗しました（{error}）",
    "{name} is no readable workbook ({error})": "{name}は、Excelのファイルとして読めません（{error}）。",
    "{name} has more than {limit} cells": "{name}のセルが{limit}個を超えています。",
    "reading it took longer than {seconds} seconds": "{seconds}秒以内に読み終わりませんでした。",
    "reading it takes more than {mb} MB of memory": "読むのに{mb}MBを超えるメモリーが要ります。",
    "its reader crashed ({error})": "読み込みが異常終了しました（{error}）。",
    "its reader went wrong ({error})": "読み込みに失敗しました（{error}）。",
    "its text holds half a surrogate pair": "文字として成り立たない符号が含まれています。",
    "its name holds half a surrogate pair": "ファイル名に、文字として成り立たない符号が含まれています。",
    "the file cannot be read ({error})": "このファイルは読めません（{error}）。",
    "the id '{name}' is also that of {other}": "識別名「{name}」は、ほかのファイルと同じです。",
}
"""Why a file was not read, without what to do: the page says that itself."""

_LONGEST: Final = 4_000
_FIELD: Final = re.compile(r"\\{(\w+)\\}")
_QUOTED: Final = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_NUMBERS: Final = re.compile(r"(?P<name>page|slide)s? (?P<numbers>[0-9–, ]+)")
_PLACE: Final = re.compile(r"(?:(?P<kind>page|slide|sheet) (?P<name>.+): )?")
_COUNTERS: Final = {"page": "{}ページ", "slide": "{}枚目のスライド", "sheet": "シート「{}」"}
_DIGITS: Final = frozenset({"count", "number", "read", "limit", "seconds", "mb"})


def in_words(said: str, language: Language) -> str:
    """A warning of a reader, or the reason why a file was not read."""
    if language == "en" or len(said) > _LONGEST:
        return said
    message = said.partition(" — ")[0]
    return _again(said, _remarks()) or _again(message, FAILURES) or said


@cache
def _remarks() -> Mapping[str, str]:
    return {english: REMARKS_IN_JAPANESE[key] for key, english in REMARKS.items()}


def _again(said: str, known: Mapping[str, str]) -> str:
    """A sentence said again; empty where its form is not known."""
    for english, japanese in known.items():
        if found := _form(english).fullmatch(said):
            return japanese.format(**{name: _value(name, value) for name, value in found.groupdict().items()})
    return ""


@cache
def _form(english: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(_group, re.escape(english)), re.DOTALL)


def _group(found: re.Match[str]) -> str:
    name = found[1]
    if name == "where":
        return "(?P<where>(?:(?:page|slide|sheet) .+?: )?)"
    if name == "shown":
        return f"(?P<shown>{_QUOTED})"
    return f"(?P<{name}>[0-9][0-9,]*)" if name in _DIGITS else f"(?P<{name}>.+?)"


def _value(name: str, value: str) -> str:
    match name:
        case "where":
            found = _PLACE.fullmatch(value)
            return f"{_COUNTERS[found['kind']].format(found['name'])}：" if found and found["kind"] else value
        case "places":
            numbers = _NUMBERS.fullmatch(value)
            return _COUNTERS[numbers["name"]].format(numbers["numbers"].replace(", ", "、")) if numbers else value
        case "reason":
            return _again(value, REASONS) or _again(value, FAILURES) or value
        case "shown":
            return f"「{value[1:-1]}」"
        case "remarks":
            return _listed(value)
    return value


def _listed(remarks: str) -> str:
    """Remarks one after the other, of which some hold the mark between them."""
    pieces, said = remarks.split("; "), list[str]()
    while pieces:
        for count in range(len(pieces), 0, -1):
            whole = "; ".join(pieces[:count])
            if count == 1 or _again(whole, _remarks()):
                said.append(_again(whole, _remarks()) or whole)
                del pieces[:count]
                break
    return " ".join(said)
