/*
 * A button. While its work is under way it stays where it is, keeps the focus, and takes no second click.
 */
import type { ComponentChildren, VNode } from 'preact';
import './button.css';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
  readonly type?: 'button' | 'submit';
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly size?: 'medium' | 'small';
  readonly disabled?: boolean;
  /** Its work is under way. */
  readonly busy?: boolean;
  /** What it does, when its text alone does not say so. */
  readonly label?: string;
  readonly title?: string;
  /** Whether it is pressed, for a button that stays so. */
  readonly pressed?: boolean;
}

/** A button. */
export function Button(props: ButtonProps): VNode {
  const { children, onClick, type = 'button', look = 'plain', size = 'medium', busy = false } = props;
  const { disabled = false, label, title, pressed } = props;
  const click = (event: Event): void => {
    if (busy) event.preventDefault();
    else onClick?.();
  };
  return (
    <button
      type={type}
      class={['button', look, size, busy ? 'busy' : ''].join(' ')}
      disabled={disabled}
      aria-disabled={busy}
      aria-label={label}
      aria-pressed={pressed}
      title={title}
      onClick={click}
    >
      {children}
    </button>
  );
}
