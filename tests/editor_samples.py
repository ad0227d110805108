# SPDX-License-Identifier: MIT
"""editor_samples.py WORDS: checks the TextMate grammar on every line of editor_samples.tsv; run by editors.sh.

Patterns are applied as editors do: at each position the rule that matches first wins, of two at one place the earlier; a
begin rule holds until its end matches.  Regular expressions stay in the common part of Oniguruma and Python.
"""
import json
import re
import sys

GRAMMAR = "editors/vscode/syntaxes/mgrad.tmLanguage.json"
grammar = json.load(open(GRAMMAR, encoding="utf-8"))


def flatten(patterns):
    for rule in patterns:
        if "include" in rule:
            yield from flatten(grammar["repository"][rule["include"][1:]]["patterns"])
        elif "match" in rule or "begin" in rule:
            yield rule


def first_match(rules, text, at):
    best = None
    for rule in rules:
        found = re.compile(rule.get("match") or rule["begin"]).search(text, at)
        if found and (best is None or found.start() < best[1].start()):
            best = rule, found
    return best


def scopes_of(text):
    """The innermost scope of every character."""
    scopes = ["-"] * len(text)
    stack = [(list(flatten(grammar["patterns"])), None, "-", None)]
    at = 0
    while at <= len(text):
        rules, end, scope, rule = stack[-1]
        best = first_match(rules, text, at)
        closing = end.search(text, at) if end else None
        if closing and (best is None or closing.start() <= best[1].start()):
            inner = (rule.get("endCaptures") or {}).get("0", {}).get("name", scope)
            scopes[at:closing.start()] = [scope] * (closing.start() - at)
            scopes[closing.start():closing.end()] = [inner] * len(closing.group())
            stack.pop()
            at = closing.end()
            if at == len(text):
                break
            continue
        if best is None:
            scopes[at:] = [scope] * (len(text) - at)
            break
        rule, found = best
        scopes[at:found.start()] = [scope] * (found.start() - at)
        name = rule.get("name", scope)
        if "begin" in rule:
            shown = (rule.get("beginCaptures") or {}).get("0", {}).get("name", name)
            stack.append((list(flatten(rule.get("patterns", []))), re.compile(rule["end"]), name, rule))
        else:
            shown = name
        scopes[found.start():found.end()] = [shown] * len(found.group())
        at = max(found.end(), at + (found.end() == found.start()))
    return scopes


def check(passed, failed, code, part, expected):
    start = code.index(part)
    got = scopes_of(code)[start:start + len(part)]
    good = got[0] == expected and all(s in (expected, "constant.character.escape.mgrad") for s in got)
    if not good:
        print(f"grammar: `{part}` in `{code}` is {got}, expected {expected}")
    return passed + good, failed + (not good)


def main():
    passed = failed = 0
    for line in open("tests/editor_samples.tsv", encoding="utf-8"):
        if line.startswith("# "):
            continue
        code, part, _, scope = line.rstrip("\n").split("\t")
        passed, failed = check(passed, failed, code, part, scope)
    for word in open(sys.argv[1], encoding="utf-8").read().split():
        good = scopes_of(word)[0] != "-"
        if not good:
            print(f"grammar: `{word}` has no scope")
        passed, failed = passed + good, failed + (not good)
    for path in ("package.json", "language-configuration.json"):
        json.load(open("editors/vscode/" + path, encoding="utf-8"))
        passed += 1
    print(f"{passed} passed, {failed} failed")


main()
