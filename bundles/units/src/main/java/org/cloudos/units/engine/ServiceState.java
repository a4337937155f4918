package org.cloudos.units.engine;

import org.cloudos.units.UnitStatus.Active;

/** With the word that systemctl prints and the state that others see. */
enum ServiceState {
    DEAD("dead", Active.INACTIVE), CONDITION("condition", Active.ACTIVATING), START_PRE("start-pre", Active.ACTIVATING), START("start", Active.ACTIVATING),
    START_POST("start-post", Active.ACTIVATING), RUNNING("running", Active.ACTIVE), EXITED("exited", Active.ACTIVE), RELOAD("reload", Active.RELOADING),
    RELOAD_NOTIFY("reload-notify", Active.RELOADING), STOP("stop", Active.DEACTIVATING), STOP_WATCHDOG("stop-watchdog", Active.DEACTIVATING),
    STOP_SIGTERM("stop-sigterm", Active.DEACTIVATING), STOP_SIGKILL("stop-sigkill", Active.DEACTIVATING), STOP_POST("stop-post", Active.DEACTIVATING),
    FINAL_SIGTERM("final-sigterm", Active.DEACTIVATING), FINAL_SIGKILL("final-sigkill", Active.DEACTIVATING), FAILED("failed", Active.FAILED),
    AUTO_RESTART("auto-restart", Active.ACTIVATING);

    final String word;
    final Active active;

    ServiceState(String word, Active active) {
        this.word = word;
        this.active = active;
    }

    boolean starting() {
        return this == CONDITION || this == START_PRE || this == START || this == START_POST;
    }

    boolean ending() {
        return active == Active.DEACTIVATING;
    }

    boolean isFinal() {
        return this == FINAL_SIGTERM || this == FINAL_SIGKILL;
    }
}
