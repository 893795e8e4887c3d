"""Networks that made history, from LeNet-5 to DenseNet, as Keras layers: to be counted, not to be trained. No weights belong here."""
