"""Draws what `school_day --oulad` wrote and makes one page of it that needs nothing else.

    render.py FOLDER PAGE    FOLDER holds charts.csv and, for each chart, NAME.csv and NAME.vl.json

The page has no script and asks no host for anything. Numbers come from the CSV files, drawings from the
Vega-Lite specifications, which are changed in form alone: size, colors, language, which way bars lie.
"""

import csv
import html
import json
import pathlib
import re
import sys

import vl_convert

from page_texts import AXES, COLUMNS, LANGUAGES, SECTIONS, STEPS, TEXTS

COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]  # Okabe and Ito: told apart by all
SHARES = {"survival", "active_share"}
TICKS = {"time": list(range(0, 1000, 100)), "week": list(range(0, 60, 10))}  # the same in all small charts
LYING = {"hardest", "reopened"}  # names are long: they stand beside their marks
FONT = "Helvetica, Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"


def read(file):
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


# -- Charts


def encodings(spec):
    """Of the whole chart and of each of its layers."""
    return [part["encoding"] for part in [spec, *spec.get("layer", [])] if "encoding" in part]


def lay_down(spec):
    """Changes the directions of x and y."""
    for encoding in encodings(spec):
        turned = {{"x": "y", "y": "x", "y2": "x2"}.get(channel, channel): value
                  for channel, value in encoding.items()}
        encoding.clear()
        encoding.update(turned)


def set_axis(channel, language):
    field = channel.get("field")
    channel["title"] = AXES[language].get(channel.get("title"), channel.get("title"))
    axis = channel.setdefault("axis", {})
    if field in TICKS:
        axis.update({"values": TICKS[field], "labelFlush": False})
        channel["scale"] = {"nice": False, "zero": False}
    if field == "step":
        axis.update({"labelAngle": 0, "labelExpr": json.dumps(STEPS[language]) + "[datum.label]"})


def set_color(channel, presentations, present):
    channel["scale"] = {"domain": presentations, "range": COLORS[:len(presentations)]}
    channel["legend"] = {"title": None, "orient": "top", "values": present, "symbolOpacity": 1}


def set_form(spec, section, language, presentations):
    """Makes a specification what this page shows of it. Its data stay as they are."""
    del spec["title"]  # the page says it
    rows = spec["data"]["values"]
    if section in LYING:
        lay_down(spec)
        spec.update({"width": 380, "height": {"step": 24}})
    else:
        spec.update({"width": 300, "height": 180})
    present = list(dict.fromkeys(row.get("presentation") for row in rows))
    is_share = any(encoding.get("y", {}).get("field") in SHARES for encoding in encodings(spec))
    for encoding in encodings(spec):
        for name, channel in encoding.items():
            if name in ("x", "y"):
                set_axis(channel, language)
                if is_share and name == "y":
                    channel.update({"scale": {"domain": [0, 1]}, "axis": {"format": "%"}})
            elif name == "color":
                set_color(channel, presentations, present)
    if section == "hardest":
        for encoding in encodings(spec):
            if "x" in encoding:
                encoding["x"]["scale"] = {"zero": False, "nice": True}
    spec["config"] = {"font": FONT, "background": None, "view": {"stroke": None},
                      "axis": {"gridColor": "#e3e3e3", "domainColor": "#888", "tickColor": "#888", "labelFontSize": 11,
                               "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 220, "titlePadding": 8},
                      "axisX": {"grid": False}, "axisY": {"minExtent": 36}, "legend": {"labelFontSize": 11, "symbolStrokeWidth": 3},
                      "line": {"strokeWidth": 1.8}, "bar": {"color": COLORS[0]},
                      "point": {"color": COLORS[0], "filled": True, "size": 60},
                      "rule": {"color": COLORS[0]}}
    if section in LYING:
        spec["config"]["axisX"]["grid"] = True


def draw(text, section, language, presentations):
    """The SVG text of a specification."""
    spec = json.loads(text)
    set_form(spec, section, language, presentations)
    return vl_convert.vegalite_to_svg(spec)


def embed(svg, key, title):
    """An SVG of a page of many: with names of its own, a title, and as wide as there is room."""
    svg = re.sub(r'id="([^"]+)"', rf'id="{key}-\1"', svg)
    svg = re.sub(r'url\(#([^)]+)\)', rf'url(#{key}-\1)', svg)
    width = re.search(r'\bwidth="([\d.]+)"', svg).group(1)
    head = f'<svg role="img" aria-labelledby="{key}-title" style="max-width:{width}px"'
    svg = re.sub(r'\s(width|height)="[\d.]+"', "", svg, count=2)
    svg = svg.replace("<svg", head, 1)
    end = svg.index(">") + 1
    return f'{svg[:end]}<title id="{key}-title">{html.escape(title)}</title>{svg[end:]}'


# -- Tables


def number(text, decimals=0):
    return "–" if text == "" else f"{float(text):,.{decimals}f}"


def share(text):
    return "–" if text == "" else f"{float(text) * 100:.1f} %"


def p_value(text):
    if text == "":
        return "–"
    return "< 0.0001" if float(text) < 0.0001 else f"{float(text):.4f}"


FORMATS = {"chi_squared": lambda text: number(text, 1), "p_value": p_value, "mean_score": lambda text: number(text, 1),
           "low": lambda text: number(text, 1), "high": lambda text: number(text, 1),
           "reopens_per_learner": lambda text: number(text, 1)}


def cell(column, text):
    if column in ("presentation", "assessment", "material", "module"):
        return text
    if column.endswith("_share") or column.startswith("stayed_") or column.startswith("reopened_"):
        return share(text)
    return FORMATS.get(column, number)(text)


def table(head, rows):
    def line(cells, tag):
        first, *rest = cells
        return (f'<tr><th scope="{"col" if tag == "th" else "row"}">{html.escape(first)}</th>' +
                "".join(f"<{tag}>{html.escape(each)}</{tag}>" for each in rest) + "</tr>")
    body = "".join(line(row, "td") for row in rows)
    return f'<div class="wide" tabindex="0"><table><thead>{line(head, "th")}</thead><tbody>{body}</tbody></table></div>'


def plain_table(rows, columns, language):
    return table([COLUMNS[language].get(column, column) for column in columns],
                 [[cell(column, row[column]) for column in columns] for row in rows])


def by_presentation(rows, place, say, language):
    """A row for each place on the axis of x, a column for each presentation."""
    presentations = list(dict.fromkeys(row["presentation"] for row in rows))
    places = list(dict.fromkeys(row[place] for row in rows))
    if place != "step":
        places.sort(key=float)
    found = {(row["presentation"], row[place]): say(row) for row in rows}
    label = STEPS[language].get if place == "step" else lambda text: text
    return table([COLUMNS[language][place], *presentations],
                 [[label(each), *(found.get((one, each), "–") for one in presentations)] for each in places])


def thinned(rows, days):
    """What holds every so many days: the last step by then."""
    out = []
    for presentation in dict.fromkeys(row["presentation"] for row in rows):
        own = [row for row in rows if row["presentation"] == presentation]
        at = 0
        while at <= float(own[-1]["time"]):
            out.append({**[row for row in own if float(row["time"]) <= at][-1], "time": str(at)})
            at += days
    return out


def survival_cell(row):
    interval = f" ({float(row['low']) * 100:.1f}–{float(row['high']) * 100:.1f})" if row["low"] else ""
    return share(row["survival"]) + interval


def numbers_of(section, rows, language):
    if section == "funnel":
        return by_presentation(rows, "step", lambda row: f'{number(row["learners"])} ({share(row["overall_conversion"])})',
                               language)
    if section == "survival":
        return by_presentation(thinned(rows, 30), "time", survival_cell, language)
    if section == "retention":
        return by_presentation(rows, "week", lambda row: f'{number(row["active"])} ({share(row["active_share"])})',
                               language)
    if section == "activity":
        return by_presentation(rows, "week", lambda row: number(row["learners"]), language)
    return plain_table(rows, list(rows[0]), language) if rows else ""


# -- The page


class Page:
    def __init__(self, folder):
        self.folder = folder
        self.charts = read(folder / "charts.csv")
        self.presentations = read(folder / "presentations.csv")
        self.tests = read(folder / "tests.csv")
        self.facts = {row["name"]: f'{int(row["value"]):,}' for row in read(folder / "facts.csv")}
        self.runs = sorted({row["presentation"].split("-")[-1] for row in self.presentations})

    def figure(self, chart, language):
        name = chart["name"]
        rows = read(self.folder / f"{name}.csv")
        label = TEXTS[language]["module"].format(chart["module"]) if chart["module"] else ""
        title = " ".join(filter(None, [label, SECTIONS[language][chart["section"]]["chart"]]))
        text = (self.folder / f"{name}.vl.json").read_text(encoding="utf-8")
        svg = embed(draw(text, chart["section"], language, self.runs), f"{language}-{name}", title)
        note = TEXTS[language]["thinned"] if chart["section"] == "survival" else ""
        return (f'<figure><figcaption>{html.escape(label)}</figcaption>{svg}'
                f'<details><summary>{TEXTS[language]["numbers"]}</summary>{note}'
                f'{numbers_of(chart["section"], rows, language)}'
                f'<p class="files">{name}.csv · {name}.vl.json</p></details></figure>')

    def section(self, name, language):
        texts = SECTIONS[language][name]
        figures = "".join(self.figure(chart, language) for chart in self.charts if chart["section"] == name)
        tests = ""
        if name == "survival":
            rows = [{**row, "module": TEXTS[language]["all"] if row["module"] == "all" else row["module"]}
                    for row in self.tests if int(row["presentations"]) > 1]
            tests = f'<h3>{TEXTS[language]["tests"]}</h3>' + plain_table(rows, list(self.tests[0]), language)
        caption = texts["caption"].format(**self.facts)
        kind = "one" if name in LYING else "many"
        return (f'<section><h2 id="{language}-{name}">{texts["title"]}</h2><p>{caption}</p>'
                f'<div class="{kind}">{figures}</div>{tests}</section>')

    def language(self, language):
        texts = TEXTS[language]
        names = list(dict.fromkeys(chart["section"] for chart in self.charts))
        links = "".join(f'<li><a href="#{language}-{name}">{SECTIONS[language][name]["title"]}</a></li>'
                        for name in names)
        other = "".join(f'<a href="#{each}" lang="{tag}" hreflang="{tag}">{word}</a>'
                        for each, (tag, word) in LANGUAGES.items() if each != language)
        columns = [column for row in self.presentations[:1] for column in row if column not in ("start", "end")]
        # A school without registrations has no presentations to show.
        overview = plain_table(self.presentations, columns, language) if columns else ""
        return (f'<div id="{language}" lang="{LANGUAGES[language][0]}"><header><p class="language">{other}</p>'
                f'<h1>{texts["title"]}</h1><p class="lead">{texts["lead"].format(**self.facts)}</p>'
                f'<nav aria-label="{texts["contents"]}"><ul>{links}</ul></nav></header><main>'
                f'<section><h2>{texts["overview"]}</h2><p>{texts["overview_caption"]}</p>{overview}</section>'
                + "".join(self.section(name, language) for name in names) +
                f'</main><footer>{texts["source"]}</footer></div>')

    def text(self):
        style = (pathlib.Path(__file__).parent / "page.css").read_text(encoding="utf-8")
        # The one that is shown when nothing is asked for comes last: a page without scripts hides it by
        # what stands before it.
        bodies = "".join(self.language(language) for language in ("zh", "en"))
        return ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                f'<title>{TEXTS["en"]["title"]}</title><style>{style}</style></head><body>{bodies}</body></html>\n')


def main(folder, page):
    page.write_text(Page(folder).text(), encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
