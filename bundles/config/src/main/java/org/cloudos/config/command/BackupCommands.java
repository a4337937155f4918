package org.cloudos.config.command;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.config.ConfigException;
import org.cloudos.config.SystemBackup;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Saves and restores. */
@Component(service = BackupCommands.class)
@GogoCommand(scope = "config", function = {"backup", "restore"})
public final class BackupCommands {
    /** An archive. */
    public record View(String file, Instant at, String profile, String signer, @Column(unit = Column.Unit.BYTES) long size, int files,
            List<String> notes) {
        static View of(SystemBackup.Summary s) {
            return new View(s.file().toString(), s.at(), s.profile(), s.signer(), s.bytes(), s.entries().size(), s.notes());
        }
    }

    private final SystemBackup backup;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public BackupCommands(@Reference SystemBackup backup) {
        this.backup = backup;
    }

    /** Saves. */
    @Descriptor("saves configuration, deployed bundles and the system's state in a signed archive, without secrets")
    @Example("config:backup /var/backup/monday.zip")
    public Object backup(CommandSession session,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the archive to be written") @Suggest(Suggest.Kind.FILES) String file) throws ConfigException {
        return show(backup.write(path(session, file)), json);
    }

    /** Restores. */
    @Descriptor("puts back what an archive holds; one that was tampered with, or is another system's, is refused")
    @Example({"config:restore /var/backup/monday.zip", "config:restore --check /var/backup/monday.zip",
        "config:restore --trust SHA256:... /var/backup/other.zip"})
    public Object restore(CommandSession session,
            @Parameter(names = "--trust", absentValue = "") @Descriptor("fingerprint of another system's key") String trust,
            @Parameter(names = "--check", presentValue = "true", absentValue = "false") @Descriptor("only check the archive") boolean check,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the archive") @Suggest(Suggest.Kind.FILES) String file) throws ConfigException {
        Optional<String> trusted = trust.isEmpty() ? Optional.empty() : Optional.of(trust);
        Path path = path(session, file);
        return show(check ? backup.check(path, trusted) : backup.restore(path, trusted, "shell"), json);
    }

    private static Path path(CommandSession session, String file) {
        return session.currentDir().resolve(file).normalize();
    }

    private static Object show(SystemBackup.Summary summary, boolean json) {
        return json ? new Json(summary) : View.of(summary);
    }
}
