/*
 * Says who one is, and lets one be somebody else.
 */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { send } from '../api/send.ts';
import { Button } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { parseEmail, rememberPerson } from './person.ts';
import './person-form.css';

interface PersonFormProps {
  readonly label: string;
  readonly email: string;
  readonly onChange: (email: string) => void;
}

const SUGGESTIONS_MAX = 100;

/** An e-mail address that takes effect when it is sent off. */
export function PersonForm({ label, email, onChange }: PersonFormProps): VNode {
  const [text, setText] = useState(email);
  const [error, setError] = useState<string>();
  const suggestions = useUsers();
  useEffect(() => setText(email), [email]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const chosen = parseEmail(text);
    setError(chosen === undefined ? 'Must be an e-mail address, such as ann@example.com.' : undefined);
    if (chosen === undefined) return;
    setText(chosen);
    rememberPerson(chosen);
    onChange(chosen);
  };
  return (
    <form class="person-form" onSubmit={submit} noValidate>
      <Field
        label={label}
        type="email"
        value={text}
        onInput={setText}
        error={error}
        autocomplete="email"
        suggestions={suggestions}
      />
      <Button type="submit">Switch</Button>
    </form>
  );
}

let known: readonly string[] | undefined;

/** Some users of the shop, to choose from. */
function useUsers(): readonly string[] {
  const [users, setUsers] = useState(known ?? []);
  useEffect(() => {
    if (known !== undefined) return;
    void readUsers().then((emails) => {
      known = emails;
      return setUsers(emails);
    });
  }, []);
  return users;
}

/** None when they cannot be read: one can type without them. */
async function readUsers(): Promise<readonly string[]> {
  try {
    const query = { limit: SUGGESTIONS_MAX };
    const { body } = await send<readonly { readonly email: string }[]>('/userslist', { query });
    return body.map(({ email }) => email);
  } catch {
    return [];
  }
}
