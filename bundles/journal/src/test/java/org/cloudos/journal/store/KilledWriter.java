package org.cloudos.journal.store;

import java.nio.file.Path;
import java.time.Duration;

/** A process that writes until it is killed, and says up to which sequence all is on the medium. */
public final class KilledWriter {
    static final int FILE_BYTES = 100_000;

    private KilledWriter() { }

    /** @param args the folder */
    public static void main(String[] args) throws Exception {
        FileJournal journal = Records.open(Path.of(args[0]), Records.fileBytes(FILE_BYTES));
        for (int n = 0; n < 10_000_000; n++) {
            journal.append(Records.entry(n));
            if (n % 200 == 199) {
                long before = journal.newest();
                if (journal.sync(Duration.ofSeconds(30))) {
                    System.out.println(before);
                }
            }
        }
    }
}
