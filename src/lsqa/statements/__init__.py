"""What a statement says and whether a text says it too: names, figures with their year, predicates, words.

Every comparison here is lexical and readable; each says what differs.
"""
