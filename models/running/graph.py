"""A Keras model → a flat graph of layer calls: nested networks are entered once, here, and never met again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Ref:
    """Stands for the output of a node where a call's arguments hold a tensor."""

    name: str


@dataclass(frozen=True)
class Node:
    """One layer's one call.

    Attributes:
        name: of the layer; inside a nested network "network/layer".
        layer: the Keras layer; for the input an InputLayer, which is not called.
        args, kwargs: what it is called with, ``Ref`` for tensors.
        shape: of its output, without the batch axis.
    """

    name: str
    layer: keras.Layer
    args: tuple
    kwargs: dict
    shape: tuple[int, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(leaf.name for leaf in keras.tree.flatten((self.args, self.kwargs)) if isinstance(leaf, Ref))

    def call(self, values: dict[str, Any]):
        """The output for these outputs of other nodes."""
        args, kwargs = keras.tree.map_structure(
            lambda leaf: values[leaf.name] if isinstance(leaf, Ref) else leaf, (self.args, self.kwargs)
        )
        if self.layer._call_has_training_arg:
            kwargs = kwargs | {"training": False}
        return self.layer(*args, **kwargs)

    def linear(self, values: dict[str, Any]):
        """The same before the layer's own activation."""
        kept, self.layer.activation = self.layer.activation, keras.activations.linear
        try:
            return self.call(values)
        finally:
            self.layer.activation = kept


def sources(layer: keras.Layer) -> list[str]:
    """Names of the layers that one of a functional model reads."""
    if isinstance(layer, keras.layers.InputLayer):
        return []
    read = layer.input if isinstance(layer.input, list) else [layer.input]
    return [tensor._keras_history.operation.name for tensor in read]


def flatten(model: keras.Model) -> tuple[Node, ...]:
    """The nodes of a functional or sequential model with one input and one output, each after those it reads.

    A branch is told to its end before the next one begins.

    Raises:
        ValueError: the model has several inputs or outputs.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(f"{model.name} has {len(model.inputs)} inputs and {len(model.outputs)} outputs.")
    found: dict[str, Node] = {}
    name = next(layer.name for layer in model._layers if isinstance(layer, keras.layers.InputLayer))
    layer = next(layer for layer in model._layers if isinstance(layer, keras.layers.InputLayer))
    found[name] = Node(name, layer, (), {}, tuple(model.inputs[0].shape[1:]))
    last = _walk(model, Ref(name), "", found)
    return tuple(_branch_by_branch(found, last.name))


def _walk(model: keras.Model, given: Ref, prefix: str, found: dict[str, Node]) -> Ref:
    """Add the nodes of a network that is called with ``given``; its output."""

    def step(operation) -> Callable:
        def record(*args, **kwargs) -> Ref:
            if isinstance(operation, keras.Model):
                (source,) = (leaf for leaf in keras.tree.flatten((args, kwargs)) if isinstance(leaf, Ref))
                return _walk(operation, source, f"{prefix}{operation.name}/", found)
            name = f"{prefix}{operation.name}"
            kwargs.pop("training", None)
            shape = tuple(operation.output.shape[1:])
            found[name] = Node(name, operation, args, kwargs, shape)
            return Ref(name)

        return record

    if isinstance(model, keras.Sequential):
        for layer in model.layers:
            given = step(layer)(given)
        return given
    return model._run_through_graph(given, operation_fn=step, call_fn=lambda op, *args, **kwargs: op(*args, **kwargs))


def _branch_by_branch(nodes: dict[str, Node], last: str) -> list[Node]:
    """Depth first from the output, so that what lies between a fork and its merge stays together."""
    order: list[Node] = []
    seen: set[str] = set()
    stack = [(last, False)]
    while stack:
        name, ready = stack.pop()
        if ready:
            order.append(nodes[name])
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack += [(source, False) for source in reversed(nodes[name].inputs)]
    return order
