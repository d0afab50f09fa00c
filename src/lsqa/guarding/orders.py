"""Sentences that give orders to a language model, in a document or in what a model drafted.

A document that says to ignore what stands above, or what to answer, states nothing about its subject. Words alone tell
such sentences, so a document about this very danger cannot be quoted on it by a model; quoting without one still can.
"""

import re
from typing import Final

from lsqa.citations import CheckedCitation

_JAPANESE: Final = (
    r"(?:指示|命令|プロンプト|ルール)[^。\n]{0,12}(?:無視|忘れ|破棄|上書き)",
    r"(?:以上|上記|以前|これまで|前述|先ほど|今まで)の?[^。\n]{0,12}(?:無視し|無視せ|忘れ(?:て|ろ|なさい)|破棄し|破棄せ)",
    r"と(?:だけ|のみ)?(?:答え|回答し|返答し|応答し|出力し|言い)(?:ろ|よ(?!う)|なさい|て(?:ください|下さい|くれ))",
    r"と(?:だけ|のみ)?(?:回答|返答|応答|出力)(?:せよ|しろ|すること|のこと)",
    r"(?:システム|開発者)の?(?:プロンプト|メッセージ|指示)",
    r"(?:あなた|お前|貴方)は(?:今|これ|もう|以後|今後)",
    r"(?:AI|人工知能|言語モデル|アシスタント|チャットボット)(?:へ|は|に)[^。\n]{0,20}(?:指示|命令|必ず|せよ|しろ|ください)",
    r"(?:管理者|開発者|脱獄)モード",
)
_ENGLISH: Final = (
    r"\b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{0,40}"
    r"\b(?:above|previous|prior|earlier|preceding|foregoing|"
    r"instructions?|rules?|prompts?|guidelines?|restrictions?|everything|context)\b",
    r"\b(?:system|developer) (?:prompt|message|instructions?)\b",
    r"\byou (?:are|must|will|shall|should) (?:now|from now on|henceforth|only (?:answer|reply|respond|say|output))\b",
    r"\b(?:ai|assistant|language model|llm|chatbot|model)s?\b[^.\n]{0,30}"
    r"\b(?:must|should|shall|are to|is to|please) (?:now )?"
    r"(?:answer|reply|respond|say|output|print|state|write|cite|ignore|quote)\b",
    r"(?:^|[.!?:]\s+|\bplease |\binstead,? |\band |\bthen )"
    r"(?:answer|reply|respond|say|output|print|repeat|write|cite|quote)"
    r" (?:only|just|exactly|simply|with|that|the following|this|[\"'“「])",
    r"\b(?:jailbreak|developer mode|dan mode|admin(?:istrator)? mode)\b",
)
_TURN: Final = (
    r"^\W*(?:system|assistant|アシスタント)\s*[:：>\]】]",
    r"<\|?\s*/?\s*(?:im_start|im_end|system|assistant|user|eot|start_header_id|endoftext)\b|\[/?inst\]|<<\s*/?sys\s*>>",
    r"^#+\s*(?:instructions?|system|response|指示|命令)\b",
)
_ORDERS: Final = re.compile("|".join((*_JAPANESE, *_ENGLISH, *_TURN)), re.IGNORECASE | re.MULTILINE)


def gives_orders(text: str) -> bool:
    """Whether a sentence of `text` is an order to a language model, or poses as a turn of a conversation with one."""
    return _ORDERS.search(text) is not None


def stands_among_orders(checked: CheckedCitation) -> bool:
    """Whether the paragraph of a quote gives orders: what shares it with them is said to the model, not to readers."""
    if checked.evidence is None or checked.start < 0:
        return False
    chunk = checked.evidence.chunk
    start, end = checked.start - chunk.start, checked.end - chunk.start
    line_start = chunk.text.rfind("\n", 0, start) + 1
    line_end = chunk.text.find("\n", end)
    return gives_orders(chunk.text[line_start : line_end if line_end >= 0 else len(chunk.text)])
