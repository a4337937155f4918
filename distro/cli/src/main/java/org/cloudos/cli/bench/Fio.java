package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One job of fio. */
record Fio(double bytesPerSecond, double perSecond) {
    static Fio run(Path folder, String mode, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("fio", "--name=job", "--directory=" + folder, "--rw=" + mode,
                "--output-format=json", "--group_reporting",
                "--thread"));
        command.addAll(List.of(options));
        String said = FsPlace.run(command.toArray(String[]::new));
        JsonObject job = JsonParser.parseString(said.substring(said.indexOf('{'))).getAsJsonObject().getAsJsonArray("jobs").get(0).getAsJsonObject()
                .getAsJsonObject(mode.contains("read") ? "read" : "write");
        return new Fio(job.get("bw_bytes").getAsDouble(), job.get("iops").getAsDouble());
    }
}
