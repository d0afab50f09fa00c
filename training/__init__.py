"""The recipe of what lsqa ships as numbers: the weights of the reader and of the fusion. Not part of the package.

    python -m training reader --data DIR --work DIR      every step, each taken up where it was left

`questions` reads the data, `library` makes a library of its passages, `candidates` ranks them for every question by
lsqa's own hybrid search, `states` runs the frozen lower layers once, `network` is the reader in torch, `fitting` trains
it, `export` writes the ONNX weights, `measuring` says what they are worth.
"""
