"""
Records of the state of a run: few flat arrays, linked by index, -1 being "none".

Nothing here is ever stored; what leaves a run is in ``core.dtypes``. The free entries
of a pool are chained through their ``next`` field; ``CLOCK`` holds the heads of these
chains.
"""

import numpy as np

#: What one engine has consumed of one tape order.
TAKEN = np.dtype(
    [
        ("qty", "i8"),  # c of the order when it last changed [lots]
        ("ts", "i8"),  # when that was [ns]
        ("place", "i8"),  # of the order, as it was before the current packet
        ("order", "i4"),  # TAPE_ORDER
        ("next", "i4"),  # the share's next one, by place
    ],
    align=True,
)

#: A tape order of which something was consumed, and what the packet does to it.
CHANGE = np.dtype(
    [
        ("before", "i8"),  # size before the packet [lots]
        ("executed", "i8"),  # what the tape executed of it [lots]
        ("price", "i8"),  # price before the packet [ticks]
        ("order", "i4"),
        ("book", "i4"),
        ("side", "i4"),
    ],
    align=True,
)

#: A price where some engine of the run has orders or has consumed size.
OWN_LEVEL = np.dtype(
    [
        ("price", "i8"),  # [ticks]
        ("seen", "i8"),  # number of the last packet that mentioned it
        ("touched", "i8"),  # its TOUCHED entry in that packet
        ("n_orders", "i8"),  # own orders here, of all engines
        ("n_consumed", "i8"),  # engines with consumption here
        ("pending", "i8"),  # order by order: consumption here may have to move
        ("shares", "i4"),  # first SHARE
        ("queues", "i4"),  # first QUEUE
        ("prev_own", "i4"),  # neighbour with the better price
        ("next", "i4"),  # neighbour with the worse price
        ("book", "i4"),  # row of the book
        ("side", "u1"),
    ],
    align=True,
)

#: What one engine has at one price: its consumption and its orders; 64 bytes.
SHARE = np.dtype(
    [
        ("price", "i4"),  # [ticks]
        ("next", "i4"),  # the engine's neighbour with the worse price
        ("better", "i4"),  # the engine's neighbour with the better price
        ("engine", "i4"),
        ("own", "i4"),  # OWN_LEVEL
        ("head", "i4"),  # oldest order
        ("tail", "i4"),  # newest order
        ("taken", "i4"),  # order by order: first TAKEN, by place
        ("next_share", "i4"),  # neighbours among the engines at this price
        ("prev_share", "i4"),
        ("consumed", "i8"),  # c, of each order or of all, when it last changed [lots]
        ("leaves", "i8"),  # open in all its orders [lots]
        # Order by order: c that has lost its order in this packet and looks for
        # another, less what the packet's prints filled here, for which it made way.
        ("moving", "i8"),  # [lots]
    ],
    align=True,
)

#: A queue position, shared by all orders of a level for which it is the same.
QUEUE = np.dtype(
    [
        ("ahead", "f8"),  # tape size ahead, an estimate on L2 [lots]
        ("after", "f8"),  # order by order: ahead at the end of the packet [lots]
        ("place", "i8"),  # order by order: tape orders of a lower place are ahead
        ("traded", "i8"),  # printed since the level was last mentioned [lots]
        ("model", "i4"),  # row of QUEUE_MODEL
        ("refs", "i4"),  # orders that point here
        ("merged", "i4"),  # the entry that took this one over, -1 while it lives
        ("next", "i4"),
    ],
    align=True,
)

#: What an engine does; one row for each pool of liquidity.
ENGINE = np.dtype(
    [
        ("print_seen", "i8"),  # number of the print that `budget` is for
        ("n_resting", "i8"),  # orders that rest
        ("budget", "i8"),  # what is left of that print [lots]
        ("half_life", "i8"),  # of consumption [ns], 0 when it does not decay
        ("distribution", "i4"),
        ("self_trade", "i4"),
        ("self_trade_scope", "i4"),
        ("fill_on_cross", "i4"),
        ("queue_model", "i4"),
        ("stop_trigger", "i4"),
        ("impact", "i4"),  # row of IMPACT
        ("cancel_on_halt", "u1"),
        ("cancel_on_clear", "u1"),
    ],
    align=True,
)

#: Parameters of a queue model.
QUEUE_MODEL = np.dtype([("kind", "i4"), ("exponent", "f8")], align=True)

#: How one side of an instrument is matched.
MATCHING = np.dtype(
    [
        ("min_part", "i8"),  # smaller parts become 0 [lots]
        ("place", "i8"),  # of `top` when it bettered the market
        ("pro_rata", "i4"),  # in proportion to size, not by time
        ("top_order", "i4"),  # who has bettered the market comes first
        ("top", "i4"),  # TAPE_ORDER that was the last to do so, while `place` is its
        ("column", "i4"),  # of `tops`, with a top order
    ],
    align=True,
)

#: Something in line at a price that is matched in proportion to size.
LINE_ENTRY = np.dtype(
    [
        ("size", "i8"),  # [lots]
        ("part", "i8"),  # what it gives [lots]
        ("slot", "i4"),  # own order, -1 for tape size
        ("order", "i4"),  # TAPE_ORDER, -1 for an own order and where none is named
    ],
    align=True,
)

#: A portfolio of one lane.
PORTFOLIO = np.dtype(
    [
        ("name_hash", "i8"),
        ("stream", "i8"),  # `name_hash` of whose random numbers it draws
        ("response_delay", "i8"),  # where it is constant [ns]
        ("n_reports", "i8"),  # so far, where the response delay varies
        ("last_known", "i8"),  # when the last of them is known [ns]
        ("collar_e8", "i8"),  # how far limits may be beyond the mid, -1 for any
        ("touch_delay", "i8"),  # of the touch, where it sees no more of a book [ns]
        ("next_order_id", "i8"),
        ("first_event", "i8"),  # of the tape that it has not been woken for
        ("round", "i8"),  # number of the round it was last due in
        ("rounds_ts", "i8"),  # time of that round [ns]
        ("rounds", "i8"),  # rounds of that time it was due in
        ("stopped_ts", "i8"),
        ("engine", "i4"),
        ("desk", "i4"),  # netting: row of DESK, -1 for none
        ("flight", "i4"),  # row of FLIGHT
        ("response_rule", "i4"),  # row of DELAY, -1 where the delay is constant
        ("view", "i4"),  # which copy of the books it sees
        ("strategy", "i4"),  # StrategyKind
        ("max_sends", "i4"),  # most messages of one wake
        ("first_report", "i4"),
        ("last_report", "i4"),
        ("first_mine", "i4"),  # its open orders, as it knows
        ("last_mine", "i4"),
        ("n_mine", "i4"),
        ("heap_place", "i4"),  # -1 when the heap has no entry for it
        ("main", "i4"),  # the instrument that its briefs are about
        ("wakes", "i4"),  # Wake bits: what wakes it besides its own times
        ("reasons", "i4"),  # Wake bits: why it is due
        ("stopped", "i2"),
        ("too_many_rounds", "i2"),
        ("rate", "i4"),  # row of RATE, -1 for none
        ("notional", "i4"),  # row of NOTIONAL, -1 for none
        ("group", "i4"),  # row of GROUP, -1 where its group has no limits
        ("unheard", "i4"),  # first report that its group has not heard
        ("next_unheard", "i4"),  # the next portfolio with such reports, -2 unlisted
    ],
    align=True,
)

#: What a portfolio, or a whole group, has in one instrument.
ACCOUNT = np.dtype(
    [
        ("position", "i8"),  # [lots]
        ("cash_half", "i8"),  # trade cash [half ticks x lots]
        ("fees_e8", "i8"),
        ("charges_e8", "i8"),  # of market impact
        ("adjusts_e8", "i8"),  # paid beyond the prices of fills
        ("known_position", "i8"),  # as reported to the portfolio [lots]
        ("open_buy", "i8"),  # sent and not known to have ended [lots]
        ("open_sell", "i8"),
        ("max_position", "i8"),  # [lots], -1 for no limit
        ("max_order", "i8"),  # of one order [lots], -1 for no limit
        ("fee_row", "i4"),  # row of FEE
    ],
    align=True,
)

#: What half a tick is worth on one lot of an instrument, exactly.
MONEY = np.dtype(
    [
        ("num", "i8"),  # [1e-8 currency units]
        ("den", "i8"),
    ],
    align=True,
)

#: A fee rate for one kind of liquidity: money in 1e-8 is amount * num / den, rounded
#: once.
FEE = np.dtype(
    [
        ("notional_num", "i8"),  # for each half tick x lot
        ("notional_den", "i8"),
        ("share_num", "i8"),  # for each lot
        ("share_den", "i8"),
        ("minimum_e8", "i8"),
    ],
    align=True,
)

#: A key to sort by, with the index that it belongs to.
KEY = np.dtype([("first", "i8"), ("second", "i8"), ("index", "i8")], align=True)

#: A level that a packet mentioned and that matters to us.
TOUCHED = np.dtype(
    [
        ("price", "i8"),
        ("prev", "i8"),  # [lots]
        ("own", "i4"),  # OWN_LEVEL, -1 when only a crossing can matter
        ("book", "i4"),
        ("side", "i4"),
        ("cleared", "i4"),  # mentioned by a book clear only
        ("returned", "i4"),  # back in the feed's depth, so nothing in it is new
    ],
    align=True,
)

#: A copy of the books as a feed delay shows them; row 0 is the venue itself.
VIEW = np.dtype(
    [
        ("feed_delay", "i8"),  # [ns]
        ("pos", "i8"),  # next event of the tape
        ("heard", "i8"),  # next event that nobody was woken for
        ("next_ts", "i8"),  # when somebody wakes for an event [ns]
        ("name_hash", "i8"),  # of how its delay varies
        ("first", "i4"),  # those who listen
        ("count", "i4"),
        ("rule", "i4"),  # row of DELAY, -1 where the delay is constant
    ],
    align=True,
)

#: How far a view whose delay varies sees, and how far it has heard.
SIGHT = np.dtype(
    [
        ("pos", "i8"),  # first event of the first packet that is not visible
        ("packet", "i8"),  # number of that packet
        ("visible", "i8"),  # when it will be, -1 where that is not known yet [ns]
        ("last", "i8"),  # when the packet before it became visible [ns]
    ],
    align=True,
)

#: Portfolios that wake together at regular times.
TIMER = np.dtype(
    [("next_ts", "i8"), ("every", "i8"), ("first", "i4"), ("count", "i4")], align=True
)

#: When something is due for its owner: a portfolio's irregular wake, TERMS that end.
HEAP_ENTRY = np.dtype([("ts", "i8"), ("serial", "i8"), ("owner", "i8")], align=True)

#: The state of a built-in strategy; unused fields stay 0.
STRATEGY = np.dtype(
    [
        ("next_ts", "i8"),  # next irregular wake, -1 for none [ns]
        ("size", "i8"),  # [lots]
        ("max_position", "i8"),  # [lots], -1 for no limit
        ("half_spread", "i8"),  # [half ticks]
        ("start", "i8"),  # [ns]
        ("end", "i8"),  # [ns]
        ("cursor", "i8"),  # next script entry, next slice
        ("last", "i8"),  # one past the last script entry, number of slices
        ("function", "i8"),  # address of a compiled function of the user's
        ("interval", "i8"),  # of a grid [ticks]
        ("levels", "i8"),
        ("buy_price", "i8"),  # first prices of the grid [ticks]
        ("sell_price", "i8"),
        ("buys", "i8"),  # levels that are quoted
        ("sells", "i8"),
        ("threshold", "f8"),
        ("instrument", "i4"),
        ("side", "i4"),
        ("buy_slot", "i4"),
        ("sell_slot", "i4"),
    ],
    align=True,
)

#: An entry of a scripted portfolio, by time.
SCRIPT = np.dtype(
    [
        ("at", "i8"),  # [ns]
        ("order_id", "i8"),  # of the order, or of the order to cancel or replace
        ("price", "i8"),
        ("qty", "i8"),
        ("stop_price", "i8"),
        ("expires", "i8"),  # of a GTD order [ns]
        ("slot", "i4"),  # where the order went; else: entry of the order
        ("instrument", "i4"),
        ("side", "u1"),
        ("type", "u1"),
        ("time_in_force", "u1"),
        ("post_only", "u1"),
        ("reduce_only", "u1"),
        ("cancel", "u1"),  # 1 for a cancel, 2 for a replace
    ],
    align=True,
)

#: The one record that ties the pools together.
CLOCK = np.dtype(
    [
        ("now", "i8"),  # [ns]
        ("next_ts", "i8"),  # when something other than a packet is due [ns]
        ("end_ts", "i8"),  # time of the last packet [ns]
        ("pos", "i8"),  # next event
        ("phase", "i8"),  # Phase, for resuming
        ("packet", "i8"),  # number of the packet being applied
        ("print", "i8"),  # number of prints that reached a level of ours
        ("place", "i8"),  # next place in a line of tape orders
        ("cross", "i8"),  # number of crosses so far
        ("seed", "i8"),
        ("processing", "i8"),  # from arrival until the venue acts [ns]
        ("over", "i8"),  # 1 once the data has ended: orders are refused
        ("broken", "i8"),  # an invariant failed: the run must not be believed
        ("reducing", "i8"),  # 1 once an order was reduce-only
        ("strict", "i8"),  # 1 if impossible orders stop who sends them
        ("beyond", "i8"),  # price of a quote that no order can have, or 0 [ticks]
        ("sample_every", "i8"),  # equity interval [ns]
        ("next_sample", "i8"),
        ("mark_due", "i8"),  # fills of this time wait for the mid after its packets
        ("n_touched", "i8"),
        ("n_cleared", "i8"),  # clears, halts and resumptions in the packet
        ("n_changes", "i8"),
        ("n_runs", "i8"),
        ("run_pos", "i8"),  # how many of them have been executed
        ("n_due", "i8"),
        ("due_pos", "i8"),  # how many of them have been woken
        ("expire_pos", "i8"),  # orders that the end of the data has been through
        ("round", "i8"),  # number of the round
        ("n_briefs", "i8"),
        ("n_told", "i8"),
        ("n_outbox", "i8"),
        ("n_waiting", "i8"),  # orders at the desks
        ("n_released", "i8"),  # the first ones of the outbox, which have waited
        ("next_close", "i8"),  # when the next window of a desk closes [ns]
        ("n_fills", "i8"),
        ("n_settled", "i8"),
        ("n_ended", "i8"),
        ("n_asked", "i8"),  # cancels and replaces on their way
        ("n_answers", "i8"),  # replaces of this step
        ("n_refused", "i8"),  # cancels and replaces that were refused in this step
        ("n_history", "i8"),
        ("n_marks", "i8"),
        ("n_heap", "i8"),
        ("n_steady", "i8"),  # flights of a constant delay, the first ones
        ("n_arrivals", "i8"),  # other flights that have messages
        ("n_expiries", "i8"),  # orders whose time will be over
        ("n_expired", "i8"),  # those for which it is now
        ("n_triggered", "i8"),  # stops that take part in the next batch
        ("serial", "i8"),  # stops that have begun to wait so far
        ("need", "i8"),  # how many entries the pool that is too small needs
        ("free_orders", "i8"),
        ("free_own", "i8"),
        ("free_shares", "i8"),
        ("free_queues", "i8"),
        ("free_reports", "i8"),
        ("free_taken", "i8"),
        ("free_terms", "i8"),
        ("free_replaces", "i8"),
        ("left_orders", "i8"),
        ("left_own", "i8"),
        ("left_shares", "i8"),
        ("left_queues", "i8"),
        ("left_reports", "i8"),
        ("left_taken", "i8"),
        ("left_terms", "i8"),
        ("left_replaces", "i8"),
        ("work_packets", "i8"),  # exact work counters
        ("work_prints", "i8"),
        ("work_mentions", "i8"),
        ("work_batches", "i8"),
        ("work_messages", "i8"),
        ("work_wakes", "i8"),
        ("work_nettings", "i8"),
        ("work_too_late", "i8"),
    ],
    align=True,
)
