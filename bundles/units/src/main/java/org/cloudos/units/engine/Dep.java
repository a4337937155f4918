package org.cloudos.units.engine;

import java.util.List;

/** Kinds of dependencies; systemd.unit(5) "Mapping of unit properties to their inverses". */
enum Dep {
    REQUIRES("Requires"), REQUISITE("Requisite"), WANTS("Wants"), BINDS_TO("BindsTo"), PART_OF("PartOf"), UPHOLDS("Upholds"),
    REQUIRED_BY("RequiredBy"), REQUISITE_OF("RequisiteOf"), WANTED_BY("WantedBy"), BOUND_BY("BoundBy"), CONSISTS_OF("ConsistsOf"), UPHELD_BY("UpheldBy"),
    CONFLICTS("Conflicts"), CONFLICTED_BY("ConflictedBy"), BEFORE("Before"), AFTER("After"), ON_FAILURE("OnFailure"), ON_FAILURE_OF("OnFailureOf"),
    ON_SUCCESS("OnSuccess"), ON_SUCCESS_OF("OnSuccessOf"), TRIGGERS("Triggers"), TRIGGERED_BY("TriggeredBy"),
    PROPAGATES_RELOAD_TO("PropagatesReloadTo"), RELOAD_PROPAGATED_FROM("ReloadPropagatedFrom"), PROPAGATES_STOP_TO("PropagatesStopTo"),
    STOP_PROPAGATED_FROM("StopPropagatedFrom");

    private static final List<Dep> PAIRS = List.of(REQUIRES, REQUIRED_BY, REQUISITE, REQUISITE_OF, WANTS, WANTED_BY, BINDS_TO, BOUND_BY, PART_OF, CONSISTS_OF,
            UPHOLDS, UPHELD_BY, CONFLICTS, CONFLICTED_BY, BEFORE, AFTER, ON_FAILURE, ON_FAILURE_OF, ON_SUCCESS, ON_SUCCESS_OF, TRIGGERS, TRIGGERED_BY,
            PROPAGATES_RELOAD_TO, RELOAD_PROPAGATED_FROM, PROPAGATES_STOP_TO, STOP_PROPAGATED_FROM);
    /** What a start pulls in. */
    static final List<Dep> PULLS = List.of(REQUIRES, BINDS_TO, REQUISITE, WANTS, UPHOLDS);
    /** Who stops when the unit does. */
    static final List<Dep> STOPS_TOO = List.of(REQUIRED_BY, REQUISITE_OF, BOUND_BY, CONSISTS_OF, PROPAGATES_STOP_TO);
    /** Who is restarted when the unit is. */
    static final List<Dep> RESTARTS_TOO = List.of(REQUIRED_BY, REQUISITE_OF, BOUND_BY, CONSISTS_OF);
    /** Whose start fails when the unit's does. */
    static final List<Dep> FAILS_TOO = List.of(REQUIRED_BY, REQUISITE_OF, BOUND_BY);
    /** Who needs the unit, for {@code StopWhenUnneeded=}. */
    static final List<Dep> NEEDED_BY = List.of(REQUIRED_BY, REQUISITE_OF, WANTED_BY, BOUND_BY, UPHELD_BY);

    /** Which jobs a job can wait for. */
    static final List<Dep> ORDER = List.of(AFTER, BEFORE);
    private static final Dep[] INVERSES = new Dep[values().length];

    static {
        for (int i = 0; i < INVERSES.length; i++) {
            INVERSES[PAIRS.get(i).ordinal()] = PAIRS.get(i % 2 == 0 ? i + 1 : i - 1);
        }
    }

    private final String key;

    Dep(String key) {
        this.key = key;
    }

    /** As unit files spell it. */
    String key() {
        return key;
    }

    Dep inverse() {
        return INVERSES[ordinal()];
    }
}
