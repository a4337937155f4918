# Tells that it is ready, and every second that it is well, until SIGUSR1.
use strict;
use Socket;

my $well = 1;
$SIG{USR1} = sub { $well = 0 };

sub notify {
    my $address = $ENV{NOTIFY_SOCKET};
    $address =~ s/^@/\0/;
    socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
    send($socket, $_[0], 0, pack_sockaddr_un($address)) or die "send to $address: $!";
}

die "no watchdog\n" unless $ENV{WATCHDOG_USEC} && $ENV{WATCHDOG_PID} == $$;
notify("READY=1\nSTATUS=all is well");
while (1) {
    notify("WATCHDOG=1") if $well;
    select(undef, undef, undef, 1);
}
