package org.cloudos.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands about CloudFS volumes. */
@Command(name = "fs", header = "Makes, mounts, checks and looks after CloudFS volumes in image files and on block devices.",
        synopsisSubcommandLabel = "COMMAND", footer = {"", "IMAGE is a file or block device; where a volume is mounted, its folder does as well.", "",
            "Examples:", "  ./cloudos fs mkfs data.img --size 10G --compression lz4", "  ./cloudos fs mount data.img /mnt",
            "  ./cloudos fs snapshot create /mnt before", "  ./cloudos fs send /mnt before | ssh host ./cloudos fs receive backup.img",
            "  ./cloudos fs umount /mnt", "  ./cloudos fs fsck data.img"})
final class FsCommand extends FsCare implements Runnable {
    @Spec private CommandSpec spec;

    private FsCommand(Console console) {
        super(console);
    }

    /** All of them. */
    static CommandLine all(Console console) {
        return new CommandLine(new FsCommand(console)).addSubcommand(new FsMkfsCommand(console)).addSubcommand(new FsFsckCommand(console))
                .addSubcommand(new FsMountCommand(console)).addSubcommand(new FsUmountCommand(console)).addSubcommand(new FsListCommand(console))
                .addSubcommand(new FsDfCommand(console)).addSubcommand(new FsSnapshotCommand(console)).addSubcommand(new FsSendCommand(console))
                .addSubcommand(new FsReceiveCommand(console)).addSubcommand(new FsDumpCommand(console));
    }

    @Override public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected one of: " + String.join(", ", spec.subcommands().keySet()));
    }
}
