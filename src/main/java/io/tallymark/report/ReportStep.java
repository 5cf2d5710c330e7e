package io.tallymark.report;

/** Every step between reading a due hour and posting its outcome, in order. A reporter may die at each; a test makes it. */
enum ReportStep {
    /** Changes of totals are in their lanes: committed. */
    QUEUED,
    /** Lanes are locked. */
    LANES_LOCKED,
    /** It is known what each hour needs. */
    DECIDED,
    /** Intents are written. */
    INTENTS_WRITTEN,
    /** Lanes are leased: the claim is about to be committed. */
    LEASED,
    /** The claim is committed, and nobody works on it. */
    CLAIMED,
    /** The claim has come to whoever makes the call. */
    RECEIVED,
    /** The call is announced: about to be committed. */
    ANNOUNCING,
    /** The announcement is committed, the call is not made. */
    ANNOUNCED,
    /** The call has ended, whatever came of it, and nobody knows. */
    CALLED,
    /** The outcome has come to whoever records it. */
    OUTCOME_RECEIVED,
    /** The outcome's lane and intent are locked. */
    OUTCOME_LOCKED,
    /** The intent's fate is written. */
    FATE_WRITTEN,
    /** The ledger's posting is written. */
    POSTED,
    /** The hour is off the list. */
    SETTLED,
    /** The lane is free: about to be committed. */
    RELEASED,
    /** All is committed. */
    RECORDED
}
