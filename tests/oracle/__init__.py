"""
The reference engine: slow, obvious, plain Python.

It follows `docs/execution-rules.md` sentence by sentence, with lists, dicts and
dataclasses, and shares no code with the compiled engine but codes and the tie hash.
Where the two disagree, one of them is wrong.

Read in this order: `scenario` (what goes in), `outcome` (what comes out), `engine`
(time), `tape` (packets), `venue` (queues, batches, prints), `desk` (ties, netting,
limits), `orders` (the life of one order), `ledger` (fills, money, invariants), `diff`.
"""
