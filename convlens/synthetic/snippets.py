"""*The code* of the page Made up; run where ConvLens is, as it draws the shapes."""

from dataclasses import fields, replace

from convlens.pictures.shapes import Recipe
from convlens.synthetic import trials


def _recipe(recipe: Recipe) -> str:
    told = [
        f"{each.name}={getattr(recipe, each.name)!r}"
        for each in fields(Recipe)
        if getattr(recipe, each.name) != each.default
    ]
    return f"Recipe({', '.join(told)})"


def made(recipe: Recipe, count: int) -> str:
    """Pictures, labels and what each was drawn with."""
    return f"""from convlens.pictures.shapes import KINDS, Recipe, drawn

found = drawn({_recipe(recipe)}, {count})
print(found.pictures.shape, found.labels[:10], {{name: values[:3] for name, values in found.columns.items()}})
"""


def trial(learned: Recipe, asked: Recipe, seed: int = trials.SEEDS[0]) -> str:
    """A network learns by one recipe and is asked by another."""
    run = trials.settings(learned, seed)
    of_recipe = f', recipe="{run.recipe}"' if run.recipe else ""
    return f"""import numpy as np
from convlens.networks.runs import Settings
from convlens.pictures.shapes import ASKED, Recipe, drawn
from models.training import steps

run = Settings("{run.network}", pictures={run.pictures}, seed={run.seed}, data="shapes"{of_recipe})  # {_recipe(replace(learned, seed=seed))}
state = steps.learned(run, None, {trials.UPDATES})
asked = drawn({_recipe(asked)}, {trials.ASKED}, ASKED)
answers = steps.asked(run, state, asked.pictures).argmax(axis=1)
print(np.mean(answers == asked.labels))
"""


def digits(way: str, seed: int) -> str:
    """Made-up digits, and how many real ones are read by them."""
    return f"""from convlens.synthetic import ways

pictures, labels = ways.made("{way}", {seed})
print(ways.read(pictures, labels), "of", len(ways.real().truth), ways.judged("{way}", {seed}))
"""


def adversaries(seed: int, update: int) -> str:
    """A generative adversarial network, trained so many updates."""
    return f"""from convlens.networks.adversaries import Adversaries
from models.training import gan

state, seen = gan.step(Adversaries({seed}), None, {update})
print(seen[-100:].mean(axis=0) if len(seen) else None)  # discriminator's loss, generator's, opinions of real and of made-up digits
"""
