"""What overlays may be: each value that is not names its field."""

from stagedoor.domain.checks import Rule, color, count, name, within, words, wrong
from stagedoor.domain.limits import LEAST_SIZE, MAX_FRAMES, MAX_LABEL, MAX_TEXT
from stagedoor.domain.overlay import AnyOverlay, Card, OverlayKind, Scoreboard, Team, Ticker, Timer
from stagedoor.domain.timer import MOST_S, TimerFormat, TimerMode

MAX_TICKERS = 8
"""The pictures of all their text are kept."""
MAX_ITEMS = 50
"""Of a ticker."""
MAX_TICKER_TEXT = 2000
"""Characters of all items of a ticker together, with a separator behind each."""
MAX_SEPARATOR = 10
"""Characters."""
MAX_TICKER_SIZE = 0.15
MAX_TICKER_AREA = 10.0
"""Of a ticker: its characters times the square of its size; bounds the memory of its picture."""
LEAST_SPEED, MAX_SPEED = 0.02, 0.5
"""Of a ticker, in fractions of the canvas's width a second."""
MAX_TEAM = 40
"""Characters of a team's name, and of a scoreboard's label."""
MAX_SCORE = 999
MAX_PANEL_SIZE = 0.2
"""Of a timer or a scoreboard, in fractions of the canvas's height: it is much wider than high."""


def check_overlay(overlay: AnyOverlay, at: str = "overlay") -> None:
    """Return if an overlay can be drawn; raise `InvalidError`, which names the field below `at`, if not."""
    name(f"{at}.id", overlay.id)
    color(f"{at}.color", overlay.color)
    within(f"{at}.alpha", overlay.alpha, 0, 1)
    within(f"{at}.frames", overlay.frames, 1, MAX_FRAMES)
    match overlay:
        case Card():
            _card(at, overlay)
        case Timer():
            _timer(at, overlay)
        case Ticker():
            _ticker(at, overlay)
        case Scoreboard():
            _scoreboard(at, overlay)


def scored(team: Team, points: int, at: str) -> int:
    """Return a team's score with points more or fewer; raise `InvalidError` if there is no such score."""
    score = team.score + points
    if not 0 <= score <= MAX_SCORE:
        raise wrong(
            at, Rule.SCORE, f"leads to {score}; a score is from 0 to {MAX_SCORE}", score=score, most=MAX_SCORE
        )
    return score


def _card(at: str, card: Card) -> None:
    is_text = card.kind is OverlayKind.TEXT
    words(f"{at}.text", card.text, MAX_TEXT if is_text else MAX_LABEL, lines=is_text)
    words(f"{at}.title", card.title, MAX_LABEL)
    if bool(card.url) is not (card.kind is OverlayKind.IMAGE):
        raise wrong(f"{at}.url", Rule.IMAGE_FILE, "is the file of an image, which has one; nothing else does")
    within(f"{at}.size", card.size, LEAST_SIZE, 1 / max(1, len(card.text.splitlines())))


def _timer(at: str, timer: Timer) -> None:
    within(f"{at}.size", timer.size, LEAST_SIZE, MAX_PANEL_SIZE)
    if timer.mode is TimerMode.COUNTDOWN:
        within(f"{at}.seconds", timer.seconds, 1, MOST_S)
    elif timer.seconds:
        raise wrong(
            f"{at}.seconds", Rule.COUNTDOWN_ONLY, "is from where a countdown counts; nothing else has it"
        )
    if timer.mode is TimerMode.CLOCK and timer.format is TimerFormat.SECONDS:
        raise wrong(f"{at}.format", Rule.CLOCK_HOURS, "leaves out the hours, which a clock has to show")


def _ticker(at: str, ticker: Ticker) -> None:
    within(f"{at}.size", ticker.size, LEAST_SIZE, MAX_TICKER_SIZE)
    within(f"{at}.speed", ticker.speed, LEAST_SPEED, MAX_SPEED)
    words(f"{at}.separator", ticker.separator, MAX_SEPARATOR)
    count(f"{at}.items", len(ticker.items), MAX_ITEMS)
    if not any(map(str.strip, ticker.items)):
        raise wrong(f"{at}.items", Rule.ITEMS, "have no words")
    for number, item in enumerate(ticker.items):
        words(f"{at}.items[{number}]", item, MAX_TEXT)
    _length(at, ticker)


def _length(at: str, ticker: Ticker) -> None:
    characters = sum(len(item) + len(ticker.separator) for item in ticker.items)
    most = min(MAX_TICKER_TEXT, int(MAX_TICKER_AREA / ticker.size**2))
    if characters > most:
        why = f"are {characters} characters with their separators; at most {most} at this size"
        raise wrong(f"{at}.items", Rule.ITEMS_LENGTH, why, characters=characters, most=most)


def _scoreboard(at: str, board: Scoreboard) -> None:
    within(f"{at}.size", board.size, LEAST_SIZE, MAX_PANEL_SIZE)
    words(f"{at}.label", board.label, MAX_TEAM)
    for side, team in (("home", board.home), ("away", board.away)):
        words(f"{at}.{side}.name", team.name, MAX_TEAM)
        color(f"{at}.{side}.color", team.color)
        within(f"{at}.{side}.score", team.score, 0, MAX_SCORE)
    if board.timer:
        name(f"{at}.timer", board.timer)
