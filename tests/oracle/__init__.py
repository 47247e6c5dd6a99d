"""
The reference engine: slow, obvious, plain Python.

It follows `docs/execution-rules.md` sentence by sentence, with lists, dicts and
dataclasses, and shares no code with the compiled engine but codes, the tie hash and the
class that strategies in plain Python are written with. Where the two disagree, one of
them is wrong.

Read in this order: `scenario` (what goes in), `outcome` (what comes out), `engine`
(time), `tape` and `lines` (packets, by level and order by order), `venue` (queues,
batches, prints), `consumption` (what was taken), `impact` and `flow` (what that does to
the market), `desk` (ties, netting, limits), `orders` (the life of one order), `ledger`
(fills, money, invariants), `post` and `seat` (what strategies know), `diff`.
"""
