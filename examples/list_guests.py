"""Prints who is here: `python3 examples/list_guests.py OPERATOR_LINK`; `stagedoor link` prints the link."""

import json
import sys
import urllib.parse
import urllib.request


def main() -> None:
    """Ask once and print a line for each guest."""
    link = urllib.parse.urlsplit(sys.argv[1])
    token = urllib.parse.parse_qs(link.query)["token"][0]
    request = urllib.request.Request(  # noqa: S310 - the link is the caller's own
        f"{link.scheme}://{link.netloc}/api/guests", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        guests = json.load(answer)["guests"]
    for guest in guests:
        sessions = ", ".join(f"{session['path']} {session['state']}" for session in guest["sessions"])
        seat = guest["seat"] or "-"
        sys.stdout.write(f"{guest['id']:<12} {guest['name']:<20} {guest['state']:<9} {seat:<10} {sessions}\n")


if __name__ == "__main__":
    main()
