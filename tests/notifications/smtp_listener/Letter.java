import java.io.File;
import java.util.Properties;
import javax.mail.Message;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeBodyPart;
import javax.mail.internet.MimeMessage;
import javax.mail.internet.MimeMultipart;

/** A letter with a hidden recipient and a file, as Java programs send it with JavaMail. */
public class Letter {
    public static void main(String[] given) throws Exception {
        Properties properties = new Properties();
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", given[0]);
        properties.put("mail.smtp.auth", "true");
        Session session = Session.getInstance(properties);

        MimeBodyPart text = new MimeBodyPart();
        text.setText("Hello\n");
        MimeBodyPart file = new MimeBodyPart();
        file.attachFile(new File(given[6]));

        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(given[3]));
        message.setRecipients(Message.RecipientType.TO, given[4]);
        message.setRecipients(Message.RecipientType.BCC, given[5]);
        message.setSubject("By program");
        message.setContent(new MimeMultipart(text, file));
        Transport.send(message, given[1], given[2]);
    }
}
