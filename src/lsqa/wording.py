"""What a person reads, in the language of the question: quotes under the names of their slides, or a refusal that
helps.
"""

from collections.abc import Sequence

from lsqa.citations import CheckedClaim
from lsqa.question_forms import AskedKind
from lsqa.text import Language, detect_language

LONGEST_TEXT = 400
_MISSING_SHOWN = 5
_WRAPPED = 20  # a line of so many characters was broken for want of room

_KINDS: dict[AskedKind, tuple[str, str]] = {
    "amount": ("金額", "an amount of money"),
    "date": ("時期", "a time"),
    "day": ("日付", "a date"),
    "period": ("期間", "a period"),
    "person": ("人の名前", "a person's name"),
    "percent": ("割合", "a share"),
    "count": ("数", "a number"),
    "rank": ("順位", "a rank"),
    "multiple": ("倍率", "a factor"),
    "organisation": ("機関の名前", "the name of an organisation"),
    "reason": ("理由", "a reason"),
    "expansion": ("正式な名称", "the full name"),
    "address": ("アドレスや連絡先", "an address"),
    "time": ("時刻", "a time of day"),
}


def quoted_text(claims: Sequence[CheckedClaim], names: Sequence[str], language: Language) -> str:
    """The supported claims as quotes with their labels, those of a slide together under its name; at most
    `LONGEST_TEXT` characters.

    `names` gives the name of the slide for each claim, in their order. A quote that does not fit is left out, never
    cut.
    """
    under: dict[str, list[str]] = {}
    for claim, name in zip(claims, names, strict=True):
        if claim.verdict != "supported":
            continue
        lines = [line for there in under.values() for line in there]
        new = [] if name in under else [f"{name}:" if language == "en" else f"{name}："]
        quotes = (quoted(c.citation.quote, c.citation.label, language) for c in claim.citations)
        # The head of a table stands once over its rows; a quote of the slide's own title would say it twice.
        new += [q for q in quotes if q not in lines and _bare(q) != name]
        if lines and len("\n".join([*lines, *new])) > LONGEST_TEXT:
            continue
        if len("\n".join(new)) > LONGEST_TEXT:
            new = new[1:]
        under.setdefault(name, []).extend(new)
    return "\n".join(line for lines in under.values() for line in lines)


def stated_text(claims: Sequence[CheckedClaim]) -> str:
    """The supported claims of a draft, one a line, with the labels they stand on; the same words only once."""
    lines: dict[str, str] = {}
    for claim in claims:
        if claim.verdict == "supported":
            lines.setdefault(claim.text, stated(claim))
    return "\n".join(lines.values())


def stated(claim: CheckedClaim) -> str:
    """One claim with its labels."""
    labels = dict.fromkeys(c.citation.label for c in claim.citations)
    return f"{claim.text} {''.join(f'[{label}]' for label in labels)}"


def quoted(quote: str, label: int, language: Language) -> str:
    """A quote on one line, with its label."""
    flat = " | ".join(one_line(cell) for cell in quote.split("\t"))
    return f'"{flat}" [{label}]' if language == "en" else f"「{flat}」[{label}]"


def one_line(text: str) -> str:
    """`text` without line breaks: a wrapped Japanese line goes on without a blank, short lines stay apart."""
    joined = ""
    for line in text.split("\n"):
        wraps = (
            len(joined.rpartition(" ")[2]) >= _WRAPPED
            and detect_language(joined[-1:]) == detect_language(line[:1]) == "ja"
        )
        joined += line if wraps or not joined else f" {line}"
    return " ".join(joined.split())


def _bare(quoted: str) -> str:
    return quoted.rpartition(" [")[0].strip('"') or quoted.rpartition("[")[0].strip("「」")


def kind_names(kinds: Sequence[AskedKind], language: Language) -> tuple[str, ...]:
    """What the kinds of thing asked for are called."""
    return tuple(_KINDS[kind][language == "en"] for kind in kinds)


def refusal_reason(code: str, missing: Sequence[str], documents: int, language: Language) -> str:
    """One or two sentences: that the documents do not say, what was searched, and which part of the question is
    absent.
    """
    shown = missing[:_MISSING_SHOWN]
    if language == "en":
        return _reason_in_english(code, ", ".join(f'"{m}"' for m in shown), documents)
    return _reason_in_japanese(code, "".join(f"「{m}」" for m in shown), documents)


def _reason_in_japanese(code: str, missing: str, documents: int) -> str:
    searched = f"{documents}件の文書を検索しました。"
    match code:
        case "language_not_read":
            return "質問は日本語と英語だけを読み取ります。日本語か英語で質問してください。"
        case "empty_search":
            return f"資料からは答えられません。{searched}質問に当たる箇所は見つかりませんでした。"
        case "false_premise":
            return f"資料からは答えられません。{searched}質問の前提{missing}が、該当する箇所と一致しません。"
        case "no_question":
            return "質問が見当たりません。資料について知りたいことを入力してください。"
        case "no_operands":
            return "資料からは計算できません。これまでの質問からは、計算に使う二つの数値が分かりません。"
        case "kind_missing":
            found = f"関係する箇所はありますが、{missing}に当たる記述は見つかりませんでした。"
            return f"資料からは答えられません。{searched}{found}"
        case "part_missing":
            return f"一部だけ答えられます。{missing}に当たる記述は見つかりませんでした。"
        case "unproven":
            return f"資料からは答えられません。{searched}言語モデルの下書きは、資料の引用で確かめられませんでした。"
        case "part_interrupted":
            return "一部だけ答えられます。言語モデルの応答が途中で切れました。それまでに確かめられたところを示します。"
        case "part_unproven":
            return "一部だけ答えられます。言語モデルの下書きのうち、資料の引用で確かめられなかった部分は除きました。"
    absent = f"{missing}は該当する箇所に見当たりません。" if missing else "答えと言える記述はありません。"
    return f"資料からは答えられません。{searched}{absent}"


def _reason_in_english(code: str, missing: str, documents: int) -> str:
    searched = f"{documents} document{'s were' if documents != 1 else ' was'} searched."
    match code:
        case "language_not_read":
            return "Questions are read in Japanese and English only. Please ask in one of them."
        case "empty_search":
            return f"The documents do not say. {searched} Nothing in them comes near the question."
        case "false_premise":
            return f"The documents do not say. {searched} They do not agree with what is taken for granted: {missing}."
        case "no_question":
            return "There is no question in this. Ask what you want to know from the documents."
        case "no_operands":
            return "This cannot be calculated: the questions so far do not tell which two figures are meant."
        case "kind_missing":
            return f"The documents do not say. {searched} They touch on the subject, but {missing} was not found."
        case "part_missing":
            return f"Only part of this can be answered. Not found: {missing}."
        case "unproven":
            return f"The documents do not say. {searched} What the language model drafted is not proven by their words."
        case "part_interrupted":
            return "Only part of this can be answered. The language model broke off; what was proven by then is shown."
        case "part_unproven":
            return "Only part of this can be answered. What no quote proved of the model's draft is left out."
    absent = f"Not found where the subject is treated: {missing}." if missing else "No passage answers it."
    return f"The documents do not say. {searched} {absent}"


def refusal_text(reason: str, nearest: Sequence[tuple[str, int]], language: Language) -> str:
    """The refusal as a person reads it; `nearest` are names and numbers of slides, the nearest first."""
    shown: list[str] = []
    for name, page in dict.fromkeys(nearest):
        entry = f"{name} (p. {page})" if language == "en" else f"{name}（{page}ページ）"
        if len(reason) + sum(map(len, shown)) + len(entry) + 40 < LONGEST_TEXT:
            shown.append(entry)
    if not shown:
        return reason
    return (
        f"{reason}\nNearest: {'; '.join(shown)}" if language == "en" else f"{reason}\n最も近い箇所：{'、'.join(shown)}"
    )
