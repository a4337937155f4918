package org.cloudos.units.process;

/**
 * What starts and watches processes: the program {@code spawn}, or in tests something that pretends to. Thread-safe. Whoever asked for something calls
 * {@link #flush} in the end.
 */
public interface Spawner {
    /** Says that something will be started soon. */
    default void prepare() { }

    /**
     * Makes a group. Failures come to {@link Listener#failed} with id 0.
     *
     * @param cgroup folder of a control group, or null: then the group has a process that adopts what others leave
     */
    void group(int group, String cgroup);

    /** Starts a process in a group. @param id for the events about it, over 0 */
    void start(int group, int id, Launch launch);

    /** Sends a signal to one process, or with pid 0 to all of the group. */
    void kill(int group, long pid, int signal);

    /** Tells when a process that may not be our child ends. */
    void watch(int group, long pid);

    /** Kills what is left in a group and forgets it. */
    void drop(int group);

    /** Opens a socket for sd_notify(3). */
    void notifySocket(int group, String path);

    /** Opens a socket, which is not looked at until it is armed. @param id of the socket, over 0 */
    void listen(int id, Launch socket);

    /** Tells once of traffic. */
    void arm(int id);

    /** Closes a socket or a connection. */
    void close(int id);

    /** What was asked for since the last time may have waited so far, to go together. */
    default void flush() { }

    /** Told in order, on one thread, which must not be held up. */
    interface Listener {
        void started(int group, int id, long pid);

        /** Its set-up is done, and the program runs. */
        void executing(int group, int id);

        /** Its set-up failed. @param step systemd's exit code. @param id 0: the group or its notify socket; of a socket with group 0 */
        void failed(int group, int id, int step, int errno, String what);

        /** @param code {@code si_code} of waitid(2): 1 exited, 2 killed, 3 dumped; 0 when that is not known. @param status exit code or signal */
        void ended(int group, int id, long pid, int code, int status);

        /** Nothing runs in the group any more. */
        void empty(int group);

        /** The kernel ended processes of the group, which wanted more memory than there is for it. @param ended how many so far */
        void outOfMemory(int group, int ended);

        /** Bytes that a process wrote; none: it closed its output. */
        void output(int group, int id, byte[] bytes, boolean error);

        void notification(int group, long pid, String text);

        void listening(int id);

        /** @param connection id of an accepted connection, or 0 */
        void traffic(int id, int connection, String peer);

        /** The program itself is gone, and with it all that it started. */
        void gone(String reason);
    }
}
