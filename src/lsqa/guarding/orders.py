"""Sentences that give orders to a language model, in a document or in what a model drafted.

A document that says to ignore what stands above, or what to answer, states nothing about its subject. The commonest
wordings are told here, others are not: this is a net with holes below the check. Wordings that a document about
artificial intelligence needs are let through. Quoting without a model does not look here.
"""

import re
from typing import Final

from lsqa.citations import CheckedCitation

_SAYING: Final = r"(?:答え|回答し|返答し|応答し|出力し|言い|言っ|返し|報告し|伝え|述べ|書き|書い|記し|説明し|続け)"
_TO_SAY: Final = r"(?:回答する|返答する|応答する|出力する|答える|返す|伝える|述べる|言う|報告する)"
_JAPANESE: Final = (
    r"(?:指示|命令|プロンプト|ルール)[^。\n]{0,12}(?:無視|忘れ|破棄|上書き)",
    r"(?:以上|上記|以前|これまで|前述|先ほど|今まで|前|上|他)の[^。\n]{0,12}(?:無視し|無視せ|忘れ(?:て|ろ|なさい)|破棄し|破棄せ)",
    rf"と(?:だけ|のみ)?{_SAYING}(?:ろ|よ(?!う)|なさい|[てで](?:ください|下さい|くれ))",
    rf"[」』\"](?:と)?(?:だけ|のみ)?{_TO_SAY}(?:こと|よう)(?=[。、\s]|$)|と(?:だけ|のみ)(?:回答|返答|応答|出力)(?:せよ|しろ|すること)",
    r"と(?:回答|返答|応答|出力)(?:せよ|しろ)",
    # A statement (no person, as in 「医師と相談してください」) that somebody is asked to make.
    r"(?:だ|です|である|円|件|[%％])と(?!き|ころ)[^、。\n]{1,10}(?:ください|下さい|なさい|願います|お願いします)",
    r"(?:上|前|他)の(?:命令|指示)|(?:要約|回答|応答)(?:システム|ボット|モデル)(?:へ|の方)",
    r"システム ?プロンプト|プロンプト(?:の内容)?を(?:出力|表示|開示|見せ|教え)",
    r"(?:あなた|お前|貴方)は(?:今|これ|もう|以後|今後)",
    r"(?:AI|LLM|人工知能|言語モデル|アシスタント|チャットボット)(?:へ|への|に対する|宛て?|向け)の?(?:指示|命令|注記|メモ|メッセージ|連絡)\s*[:：]",
    r"(?:この|本)(?:文書|資料|文章|ページ|文)を(?:読む|読んだ|読み込|処理する|要約する|参照する)[^。\n]{0,12}(?:AI|LLM|モデル|アシスタント)",
    r"(?:管理者|開発者|脱獄)モード",
)
_ENGLISH: Final = (
    r"\b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{0,20}"
    r"\b(?:above|previous|prior|earlier|preceding|foregoing|your|these)\b",
    r"\b(?:do not|don't|never) (?:follow|obey|heed|trust)\b[^.\n]{0,30}\b(?:instructions?|rules?|passages?|prompts?)\b",
    r"\b(?:system|developer|hidden) (?:prompt|message)\b",
    r"\byou (?:are|must|will|shall|should) (?:now|from now on|henceforth|only (?:answer|reply|respond|say|output))\b",
    r"\bfrom now on,? you\b|\byour (?:new|real|only|true) (?:task|role|goal|instructions?)\b",
    r"\b(?:ai|assistant|language model|llm|chatbot|model)s? (?:reading|processing|summari[sz]ing|that reads?) this\b",
    r"(?:^|[.!?:] +)assistant, |\bif you are an? (?:ai|assistant|llm|language model|chatbot)\b",
    r"\byour instructions\b|\bwhen (?:summari[sz]ing|answering|responding|replying),",
    r"(?:^|[.!?:;,]\s+)(?:please )?(?:pretend|act as|never mention|always (?:include|say|answer|reply|mention|add))\b",
    r"(?:^|[.!?:,]\s+|\bplease |\binstead,? |\band |\bthen )"
    r"(?:answer|reply|respond|say|output|print|repeat|cite|quote) "
    r"(?:only|just|exactly|simply|with|in|that|the following|[\"'“「])",
    r"\b(?:begin|start|end|finish) (?:your|the|every|each) (?:answer|reply|response|output)\b",
    r"\b(?:notes?|instructions?|messages?|memos?|attention) (?:to|for) (?:the |any |all )?"
    r"(?:ai|assistant|llm|language model|chatbot|summari[sz]er)s?\s*:",
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
