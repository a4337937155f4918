package org.cloudos.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The tree of settings. Thread-safe; changes are made one after the other. */
@ProviderType
public interface ConfigTree {
    /**
     * The settings in force, by key.
     *
     * @param defaults also those that only have their default
     */
    List<Setting> settings(boolean defaults);

    /** One setting in force; empty when it is unknown, or is not set and has no default. */
    Optional<Setting> setting(String key);

    /**
     * All that is known of a key.
     *
     * @throws ConfigException.Refused when there is no such key; names the nearest
     */
    Explanation explain(String key) throws ConfigException;

    /** Keys that the schema knows, by name. An instance of a factory has {@code ~*} in place of its name. */
    List<String> keys();

    /** What the schema knows, as JSON Schema, draft 2020-12. */
    String jsonSchema();

    /** What is wrong with the files, the environment and the command line as they are now. */
    List<Problem> problems();

    /** What would be wrong after these edits. */
    List<Problem> check(List<Edit> edits);

    /** Texts of the files that can be edited, by their names below the configuration folder. */
    Map<String, String> files() throws ConfigException;

    /** What the edits would change. */
    List<Change.Difference> preview(List<Edit> edits) throws ConfigException;

    /**
     * Makes a change: all edits, or none. Only PIDs whose settings differ are touched.
     *
     * @throws ConfigException.Invalid when the outcome would have errors
     * @throws ConfigException.Refused when a trial is under way, or an edit can't be made
     */
    Change change(List<Edit> edits, Change.Options options) throws ConfigException;

    /**
     * Takes in what was changed in the files, and reads referenced secrets again. It happens by itself when a file
     * changes; but not when a secret does.
     *
     * @return the change, or empty when nothing differs
     */
    Optional<Change> reload() throws ConfigException;

    /** Puts back the files of an older revision, as a new revision. */
    Change rollback(int revision, Change.Options options) throws ConfigException;

    /** The change on trial. */
    Optional<Trial> trial();

    /** Keeps the change that is on trial. */
    Change confirm() throws ConfigException;

    /** Takes back the change that is on trial, now. */
    Change cancel(String reason) throws ConfigException;

    /** Changes, oldest first; the oldest are forgotten at some time. */
    List<Change> history();

    /** What differs in the settings between two revisions' files. */
    List<Change.Difference> difference(int from, int to) throws ConfigException;
}
