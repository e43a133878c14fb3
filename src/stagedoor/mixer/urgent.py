"""What a mixer that begins anew makes first: program as it was, without all that nobody sees or hears yet."""

from stagedoor.domain.hearing import is_voice
from stagedoor.domain.overlay import Timer
from stagedoor.domain.strip import Follow
from stagedoor.ipc.mixer import Wanted


def urgent(wanted: Wanted) -> Wanted:
    """Return what is wanted with the sources and overlays alone that program needs to be there again."""
    needed = _on_air(wanted)
    # A scoreboard that is on may show the time of a timer that is not.
    overlays = tuple(each for each in wanted.overlays if each.on or isinstance(each, Timer))
    sources = tuple(each for each in wanted.sources if each.id in needed)
    return wanted.model_copy(update={"sources": sources, "overlays": overlays})


def _on_air(wanted: Wanted) -> frozenset[str]:
    """Return the ids of what is seen or heard in program, and of what stands in while that is gone."""
    found = {key for key, strip in wanted.strips.items() if strip.follow is Follow.OPEN}
    for scene in wanted.scenes:
        if scene.id == wanted.program:
            found |= {*scene.visible, *scene.visible_on_second}
            found |= {slot.if_gone for slot in scene.all_slots if slot.if_gone is not None}
            found |= {each.source for each in scene.audio if each.follow is Follow.OPEN}
    instead = {each.id: each.if_gone for each in wanted.sources if each.if_gone is not None}
    while more := {instead[key] for key in found & instead.keys()} - found:
        found |= more
    # Of whom the slides alone are seen the voice is heard.
    seen = (each for each in wanted.listeners if not found.isdisjoint(each.sources))
    return frozenset(found).union(source for each in seen for source in each.sources if is_voice(source))
