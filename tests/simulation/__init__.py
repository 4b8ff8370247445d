"""The whole program in a world that a seed decides: time, order, Telegram, the disk, and when it all breaks.

    loop      virtual time; a seed decides in which order things that could happen at once do happen
    disk      a real SQLite file whose every statement can fail or be the last one
    network   the local Bot API in process, with lost calls, lost answers, waits and outages on the way to it
    program   the real `bot.app.run`, started, stopped, killed, and started again on the files as they lay
    people    what somebody with a phone does, wisely or not, and what they have seen confirmed
    oracle    what must hold, from an own small model
    world     all of these together, act by act
    run       one seed of one profile from its beginning to its end; the figures to be summed

Replay one: `python -m tests.simulation --seed N --trace`.
"""
