"""The networks of the lecture's table, from LeNet to DenseNet: what each has, what was new, what it scored. Nothing is computed here
but sums: a script has counted them, from networks that Keras built."""
