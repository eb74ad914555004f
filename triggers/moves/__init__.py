"""Moves of officers: who takes, gives up or changes a senior post, as sentences word it (triggers/kinds/executive_change.py).

words.py        the constructions, as expressions over a masked sentence, and the words of what is none
offices.py      the office that is meant, its level and its function
employers.py    whose office it is, and where the person comes from
told.py         whether it is news, a career's history, a denial, a rumour; whether the person is inside already
headlines.py    what a headline says in short: the person without the office, the office without the person
"""
