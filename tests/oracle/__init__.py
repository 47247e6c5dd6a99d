"""
The reference engine: slow, obvious, plain Python.

It follows `docs/execution-rules.md` sentence by sentence, with lists, dicts and
dataclasses, and shares no code with the compiled engine but codes, the tie hash and the
class that strategies in plain Python are written with. Where the two disagree, one of
them is wrong.

Read in this order: `scenario` (what goes in), `outcome` (what comes out), `engine`
(time), `tape` and `lines` (packets, by level and order by order), `venue` (queues and
prints), `batch` and `taking` (messages and takers), `stops` (what triggers them),
`consumption` (what was taken), `impact` and `flow` (what that does to the market),
`desk` (ties, netting, limits), `terms` (what cannot be asked for), `orders` (the life
of one order), `ledger` (fills, money, invariants), `post` and `seat` (what portfolios
are told, what strategies know), `codes`, `diff`.
"""
