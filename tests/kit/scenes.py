"""Scenes by chance, for tests of rules that hold for all of them."""

from hypothesis import strategies as st

from stagedoor.domain.scene import Border, Crop, Fit, Rect, Scene, Slot

SOURCES = ("guest1", "guest2", "guest3", "guest1-screen", "logo")

fractions = st.floats(0, 1)
sources = st.sampled_from(SOURCES)
grid_rects = st.builds(
    lambda x, y, width, height: Rect(x / 8, y / 8, width / 8, height / 8),
    st.integers(-2, 7),
    st.integers(-2, 7),
    st.integers(1, 8),
    st.integers(1, 8),
)
"""Rectangles whose edges lie on eighths of the canvas, or outside it."""
rects = st.builds(Rect, st.floats(-1, 1), st.floats(-1, 1), fractions, fractions)
crops = st.builds(Crop, *(st.floats(0, 0.49) for _ in range(4)))
borders = st.builds(Border, st.floats(0, 0.5), st.sampled_from(["#ffffff", "#20c040"]))
slots = st.builds(
    Slot,
    source=sources,
    rect=rects,
    z=st.integers(-2, 2),
    alpha=fractions,
    crop=crops,
    fit=st.sampled_from(Fit),
    border=borders,
    radius=st.floats(0, 0.5),
    label=st.booleans(),
    if_gone=st.none() | st.just("holding"),
)
backgrounds = st.sampled_from(["#000000", "#102030", *SOURCES[3:]])
scenes = st.builds(
    Scene,
    id=st.sampled_from(["one", "two", "three"]),
    background=backgrounds,
    slots=st.lists(slots, max_size=6).map(tuple),
)
