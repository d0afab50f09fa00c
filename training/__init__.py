"""The recipe of what lsqa ships as numbers: the weights of the reader and of the fusion. Not part of the package.

    python -m training --data DIR --work DIR                  makes what training reads, each step taken up where it was
    python -m training.reader --packed FILE --work DIR        trains, on an accelerator where there is one
    python -m training.export reader.npz reader.onnx LAYERS   writes the weights that the package reads
    python -m training.fusion SET=HOME … --data DIR --models DIR [--reader reader.onnx]

`questions` reads the data, `candidates` ranks wrong passages for every question by lsqa's own hybrid search, `packing`
writes all of it as arrays. From there on torch and numpy are enough: `network` is the reader, `batches` makes groups of
pairs, `fitting` trains. `export` writes the ONNX weights.
"""
