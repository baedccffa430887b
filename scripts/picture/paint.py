"""Paints lines with SGR sequences (as `tmux capture-pane -e` gives them) from stdin into the PNG that is named."""
import re
import sys
from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono%s.ttf"
SIZE, CELL, ROW, EDGE = 15, 9, 21, 6
GROUND, INK = (30, 30, 30), (220, 220, 220)
NAMED = [(30, 30, 30), (205, 60, 60), (80, 180, 90), (215, 175, 60), (90, 140, 230), (190, 110, 200), (80, 180, 190), (220, 220, 220)]
BRIGHT = [(110, 110, 110), (240, 100, 100), (130, 220, 130), (245, 215, 110), (130, 175, 255), (220, 150, 230), (130, 220, 230), (255, 255, 255)]


def indexed(number):
    if number < 16:
        return (NAMED + BRIGHT)[number]
    if number >= 232:
        return (8 + (number - 232) * 10,) * 3
    levels = [0, 95, 135, 175, 215, 255]
    number -= 16
    return levels[number // 36], levels[number // 6 % 6], levels[number % 6]


def colour(codes):
    """The colour after a 38 or 48; takes its codes off the list."""
    if codes.pop(0) == 5:
        return indexed(codes.pop(0))
    return codes.pop(0), codes.pop(0), codes.pop(0)


def restyle(style, codes):
    codes = list(codes)
    while codes:
        code = codes.pop(0)
        if code == 0:
            style.update(fg=None, bg=None, bold=False, reverse=False)
        elif code in (1, 22):
            style["bold"] = code == 1
        elif code in (7, 27):
            style["reverse"] = code == 7
        elif code in (38, 48):
            style["fg" if code == 38 else "bg"] = colour(codes)
        elif code in (39, 49):
            style["fg" if code == 39 else "bg"] = None
        elif 30 <= code <= 47 and code % 10 < 8:
            style["fg" if code < 40 else "bg"] = NAMED[code % 10]
        elif 90 <= code <= 107 and code % 10 < 8:
            style["fg" if code < 100 else "bg"] = BRIGHT[code % 10]


def cells(line, style):
    for part in re.split(r"(\x1b\[[0-9;]*m|\x1b\(.|[\x0e\x0f])", line):
        found = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if found:
            restyle(style, [int(code or 0) for code in found[1].split(";")])
        elif not part.startswith(("\x1b", "\x0e", "\x0f")):
            for character in part:
                yield character, dict(style)


def paint(lines, columns, path):
    image = Image.new("RGB", (columns * CELL + 2 * EDGE, len(lines) * ROW + 2 * EDGE), GROUND)
    draw = ImageDraw.Draw(image)
    fonts = {bold: ImageFont.truetype(FONTS % ("-Bold" if bold else ""), SIZE) for bold in (False, True)}
    style = dict(fg=None, bg=None, bold=False, reverse=False)
    for row, line in enumerate(lines):
        for column, (character, look) in enumerate(cells(line, style)):
            fg, bg = look["fg"] or INK, look["bg"] or GROUND
            if look["reverse"]:
                fg, bg = bg, fg
            x, y = EDGE + column * CELL, EDGE + row * ROW
            draw.rectangle([x, y, x + CELL - 1, y + ROW - 1], fill=bg)
            draw.text((x, y + 1), character, font=fonts[look["bold"]], fill=fg)
    image.convert("P", palette=Image.ADAPTIVE, colors=128).save(path, optimize=True)


text = sys.stdin.read().rstrip("\n").split("\n")
paint(text, 150, sys.argv[1])
