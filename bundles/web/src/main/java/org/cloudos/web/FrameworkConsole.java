package org.cloudos.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.felix.webconsole.spi.SecurityProvider;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The same login for Apache Felix's console, instead of its well-known default password. The profile has that console wait for
 * this provider ({@code felix.webconsole.security.providers}), so that it is never open without it. Its pages don't send our
 * token: where they come from is checked by Origin alone.
 */
@Component(property = "webconsole.security.provider.id=org.cloudos.web")
public final class FrameworkConsole implements SecurityProvider {
    private final Door door;

    @Activate
    public FrameworkConsole(@Reference Door door) {
        this.door = door;
    }

    @Override
    public Object authenticate(HttpServletRequest request, HttpServletResponse response) {
        try {
            switch (door.decide(request, false)) {
                case Guard.Admitted admitted -> {
                    return admitted.user();
                }
                case Guard.LogIn login -> WebContext.toLogin(request, response);
                case Guard.Refused refused -> Door.refuse(response, refused);
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean authorize(Object user, String role) {
        return true;
    }

    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response) {
        response.addHeader("Set-Cookie", door.leave(request));
    }
}
