"""What a statement says and whether a text says it too: its names, its figures with their year, its predicate, its words.

Every comparison here is lexical and readable; each says what differs.
"""
