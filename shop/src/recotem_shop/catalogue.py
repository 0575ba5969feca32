"""The articles that a generated shop sells."""

from dataclasses import dataclass

import numpy as np

#: What is sold in each category, and its typical price.
CATEGORIES: dict[str, tuple[float, tuple[str, ...]]] = {
    "Books": (18, ("Novel", "Atlas", "Cookbook", "Anthology", "Travel Guide")),
    "Kitchen": (35, ("Kettle", "Saucepan", "Knife", "Teapot", "Cutting Board")),
    "Garden": (30, ("Planter", "Watering Can", "Trowel", "Bird Feeder", "Hose")),
    "Lighting": (60, ("Desk Lamp", "Lantern", "Floor Lamp", "Night Light", "Pendant")),
    "Toys": (22, ("Puzzle", "Building Set", "Kite", "Train", "Marble Run")),
    "Outdoors": (75, ("Backpack", "Tent", "Flask", "Hammock", "Headlamp")),
    "Music": (90, ("Headphones", "Ukulele", "Record Player", "Tambourine", "Speaker")),
    "Textiles": (40, ("Blanket", "Cushion", "Tablecloth", "Rug", "Curtain")),
    "Stationery": (12, ("Notebook", "Fountain Pen", "Sketchbook", "Planner", "Ruler")),
    "Bath": (20, ("Towel", "Soap Dish", "Bathrobe", "Candle", "Mirror")),
}
BRANDS = ("Alder", "Brightwell", "Corvus", "Dovetail", "Elmwood", "Fjord", "Grove")
COLOURS = ("Amber", "Azure", "Coral", "Ivory", "Moss", "Plum", "Slate", "Teal")
MATERIALS = ("Ash", "Bamboo", "Copper", "Cotton", "Glass", "Linen", "Steel", "Stone")
#: Share of the articles that come only after the shop has opened.
LATE = 0.2
EARLIEST, LATEST = -720.0, 170.0


@dataclass(frozen=True)
class Item:
    """An article as customers see it. released: day, counted from the opening."""

    id: str
    title: str
    category: str
    price: float
    released: float
    brand: str
    colour: str
    material: str


def generate_items(rng: np.random.Generator, n_items: int) -> tuple[Item, ...]:
    """Articles of all categories in turn; prices are log-normal around the typical."""
    return tuple(_item(rng, number) for number in range(n_items))


def _item(rng: np.random.Generator, number: int) -> Item:
    category = list(CATEGORIES)[number % len(CATEGORIES)]
    typical, nouns = CATEGORIES[category]
    brand, colour, material, noun = (
        words[rng.integers(len(words))] for words in (BRANDS, COLOURS, MATERIALS, nouns)
    )
    late = rng.random() < LATE
    return Item(
        id=f"item-{number + 1:04d}",
        title=f"{brand} {colour} {material} {noun}",
        category=category,
        price=round(float(typical * rng.lognormal(0, 0.4)), 2),
        released=float(rng.uniform(*((0, LATEST) if late else (EARLIEST, 0)))),
        brand=brand,
        colour=colour,
        material=material,
    )
