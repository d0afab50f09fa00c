"""The answer with a language model: a draft of claims with quotes. What it returns is untrusted, all of it."""

from lsqa.drafting.drafter import Drafter
from lsqa.drafting.prompt import within_budget

__all__ = ["Drafter", "within_budget"]
